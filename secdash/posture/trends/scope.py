"""Whose days are added up: all hosts that the reader may see, or those of a group, a tag, an environment, or one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple

from secdash.accounts.models import User
from secdash.fleet.access import eyes, hosts_for
from secdash.fleet.models import Connection, Host, HostQuerySet
from secdash.posture.scope_choices import Offered
from secdash.posture.scopes import Scope
from secdash.scans.models import PostureDay, PostureDayQuerySet

NOBODY = -2  # stands for a group that is not there


class Place(NamedTuple):
    """A host, as far as it says in which scopes it is."""

    pk: int
    slug: str
    name: str
    environment: str
    group: int | None
    group_slug: str
    group_name: str
    tags: frozenset[str]
    is_sample: bool


class ScopedDays(NamedTuple):
    """`rows` are the days of these hosts, whatever their group; `group` then chooses by the group of that day."""

    hosts: HostQuerySet
    rows: PostureDayQuerySet
    key: str
    group: int | None
    size: int

    def of_group(self, group: int) -> ScopedDays:
        return self._replace(group=group)


def places(user: User) -> list[Place]:
    """The hosts that the reader may see; two queries."""
    hosts = hosts_for(user).order_by("name")
    tags: dict[int, set[str]] = defaultdict(set)
    for host, tag in Host.tags.through.objects.filter(host__in=hosts.order_by()).values_list("host_id", "tag__name"):
        tags[host].add(tag)
    columns = ("pk", "slug", "name", "environment", "group_id", "group__slug", "group__name", "connection__kind")
    return [
        Place(
            pk, slug, name, where, group, key or "", called or "", frozenset(tags[pk]), kind == Connection.Kind.SAMPLE
        )
        for pk, slug, name, where, group, key, called, kind in hosts.values_list(*columns)
    ]


def scope_of(user: User, scope: Scope, known: Iterable[Place]) -> ScopedDays:
    """Gone hosts count for all hosts and for groups: of a tag or an environment nobody knows any more who had it."""
    inside = [place for place in known if _holds(place, scope)]
    whole = not scope.without("group").narrows
    hosts, rows = hosts_for(user), PostureDay.objects.visible_to(user)
    if not whole:
        pks = [place.pk for place in inside]
        hosts, rows = hosts.filter(pk__in=pks), rows.filter(host_ident__in=pks)
    group = group_of(scope.group, inside) if scope.group else None
    size = sum(1 for place in inside if group is None or place.group == group)
    key = _key_of_all(inside) if whole and user.sees_all else _key(inside, eyes(user) if whole else "")
    return ScopedDays(hosts, rows, key, group, size)


def group_of(slug: str, known: Iterable[Place]) -> int:
    return next((place.group for place in known if place.group is not None and place.group_slug == slug), NOBODY)


def group_names(known: Iterable[Place]) -> dict[int, str]:
    return {place.group: place.group_name for place in known if place.group is not None}


def offered(scope: Scope, known: Iterable[Place]) -> Offered:
    hosts = list(known)
    labels = {
        "group": {place.group_slug: place.group_name for place in hosts if place.group_slug},
        "environment": {place.environment: place.environment for place in hosts if place.environment},
        "tag": {tag: tag for place in hosts for tag in place.tags},
        "host": {place.slug: place.name for place in hosts},
    }
    return Offered.of(scope, labels)


def _holds(place: Place, scope: Scope) -> bool:
    """Groups are chosen by the day, not here: a host counts for the group that it was in."""
    return (
        (not scope.tag or scope.tag in place.tags)
        and (not scope.environment or scope.environment == place.environment)
        and (not scope.host or scope.host == place.slug)
    )


def _key_of_all(inside: Iterable[Place]) -> str:
    """The same whatever hosts come and go, for their days stay; but those of sample hosts go with them."""
    return f"all:{sum(place.is_sample for place in inside)}"


def _key(inside: Iterable[Place], eyes: str) -> str:
    """The same for all who see the same hosts; another one as soon as a host comes, goes or changes its tags.

    `eyes` of the reader count where days of hosts that are gone do.
    """
    named = f"of:{eyes}:" + ",".join(str(pk) for pk in sorted(place.pk for place in inside))
    return blake2b(named.encode(), digest_size=16).hexdigest()
