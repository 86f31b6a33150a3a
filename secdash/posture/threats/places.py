"""The columns of the matrix: hosts or groups, and what their newest scans add up to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import OuterRef, Subquery

from secdash.fleet.models import Host, HostQuerySet
from secdash.posture import kept
from secdash.posture.kept import Identity, Sums
from secdash.scans.models import Scan


class Seen(NamedTuple):
    """A host as the matrix needs it; `scan` is its newest finished scan's id."""

    pk: int
    name: str
    slug: str
    group: int | None
    group_name: str
    group_slug: str
    state: str
    seen_at: datetime | None
    scan: int | None

    @property
    def is_unreachable(self) -> bool:
        return self.state == Host.State.UNREACHABLE


class Place(NamedTuple):
    """A column. `key` is the host's or the group's id, None for the hosts without a group and for all together.

    `unscanned` hosts of it were never scanned to the end, and count nowhere; `last_seen` where it no longer answers.
    """

    key: int | None
    name: str
    kind: str  # host, group or all
    slug: str
    hosts: int
    unscanned: int
    last_seen: datetime | None
    sums: Sums


def seen_hosts(hosts: HostQuerySet) -> list[Seen]:
    """By name, in one query."""
    newest = Scan.objects.filter(host=OuterRef("pk"), state=Scan.State.DONE).newest_first().values("pk")[:1]
    columns = ("pk", "name", "slug", "group", "group__name", "group__slug", "state", "seen_at", "newest")
    rows = hosts.annotate(newest=Subquery(newest)).order_by("name").values_list(*columns)
    return [
        Seen(pk, name, slug, group, group_name or "", group_slug or "", state, at, scan)
        for pk, name, slug, group, group_name, group_slug, state, at, scan in rows
    ]


def scans_of(hosts: Iterable[Seen]) -> list[Identity]:
    """The newest finished scans of these hosts, as `kept` knows them."""
    return [(host.scan, host.seen_at) for host in hosts if host.scan]


def sums(hosts: Iterable[Seen]) -> dict[int, Sums]:
    """By the host's id, for those that were scanned."""
    scanned = {host.scan: host for host in hosts if host.scan}
    found = kept.sums_of(scans_of(scanned.values()))
    return {scanned[scan].pk: sums for scan, sums in found.items()}


def host_places(hosts: Iterable[Seen], found: dict[int, Sums]) -> list[Place]:
    return [
        Place(
            key=host.pk,
            name=host.name,
            kind="host",
            slug=host.slug,
            hosts=1,
            unscanned=int(host.pk not in found),
            last_seen=host.seen_at if host.is_unreachable else None,
            sums=found.get(host.pk, kept.NOTHING),
        )
        for host in hosts
    ]


def group_places(hosts: Iterable[Seen], found: dict[int, Sums]) -> list[Place]:
    """By name, the hosts without a group last."""
    groups: dict[int | None, list[Seen]] = {}
    for host in hosts:
        groups.setdefault(host.group, []).append(host)
    ordered = sorted(groups.values(), key=lambda members: (members[0].group is None, members[0].group_name.casefold()))
    return [_of_group(members, found) for members in ordered]


def _of_group(members: list[Seen], found: dict[int, Sums]) -> Place:
    first = members[0]
    return together(members, found)._replace(
        key=first.group, name=first.group_name, kind="group", slug=first.group_slug
    )


def together(members: list[Seen], found: dict[int, Sums]) -> Place:
    """All these hosts as one column."""
    scanned = [found[host.pk] for host in members if host.pk in found]
    return Place(
        key=None,
        name="",
        kind="all",
        slug="",
        hosts=len(members),
        unscanned=len(members) - len(scanned),
        last_seen=None,
        sums=kept.together(scanned),
    )
