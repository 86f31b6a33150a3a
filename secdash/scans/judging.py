"""Judging what a scan saw: all of it, or what is another than the host's last scan saw.

The last scan is built on where it judged by the same code and tables, today, and nothing came between: `builds_on`
looks under the host's lock whether that still holds. Otherwise everything is judged, as ever.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
import zstandard
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from secdash.checks.differing import Differing, Looked, judge_noting
from secdash.checks.engine import Verdict
from secdash.checks.since import Place, judge_since, strayed
from secdash.facts.model import Snapshot
from secdash.findings.models import Acceptance, Finding, State
from secdash.fleet.models import Host
from secdash.scans import snapshots
from secdash.scans.models import Scan
from secdash.scans.models import Snapshot as Kept
from secdash.scans.unchanged import judged_alike, midnight


class Built(NamedTuple):
    """What was judged anew since an earlier scan, and the subjects that this is about."""

    scan: int
    facts: Snapshot
    differ: Differing
    places: Collection[Place]


class Judged(msgspec.Struct, frozen=True):
    """What one scan learnt. With `built` its verdicts are only those that may not have been the earlier scan's."""

    facts: Snapshot
    verdicts: list[Verdict]
    looked: Looked = {}
    built: Built | None = None


class Last(msgspec.Struct, frozen=True, dict=True):
    """A host's newest scan, which saw these facts."""

    scan: int
    mark: str
    content: bytes

    @cached_property
    def facts(self) -> Snapshot | None:
        """None where they cannot be read any more."""
        try:
            return snapshots.facts_of(Kept(content=self.content))
        except (msgspec.ValidationError, zstandard.ZstdError):
            return None


class Lasts:
    """The newest scans of these hosts, as far as one may build on them; all are fetched when one is wanted first."""

    def __init__(self, hosts: Collection[int], *, at: datetime) -> None:
        self._hosts = hosts
        self._at = at

    def of(self, host: int, mark: str) -> Last | None:
        last = self._found.get(host)
        return last if last and judged_alike(last.mark, mark) else None

    @cached_property
    def _found(self) -> dict[int, Last]:
        whole = Scan.objects.exclude(trigger=Scan.Trigger.LIVE).exclude(sight="")  # a glance judged some checks alone
        today = whole.filter(finished_at__gte=midnight(self._at), started_at__isnull=False, snapshot__isnull=False)
        still = today.filter(~touched(), host__seen_at=F("finished_at"))  # as `builds_on` asks again
        rows = still.filter(pk__in=newest_of(self._hosts)).order_by()
        columns = ("host_id", "pk", "sight", "snapshot__content")
        return {host: Last(pk, mark, bytes(content)) for host, pk, mark, content in rows.values_list(*columns)}


def newest_of(hosts: Collection[int]) -> QuerySet[Any, Any]:
    """The keys of their newest finished scans."""
    finished = Scan.objects.filter(host=OuterRef("pk"), state=Scan.State.DONE).newest_first().values("pk")[:1]
    return Host.objects.filter(pk__in=hosts).order_by().annotate(newest=Subquery(finished)).values("newest")


def judged(facts: Snapshot, last: Last | None) -> tuple[Judged, bool]:
    """And whether the next scan may build on it."""
    before = last.facts if last else None
    since = judge_since(before, facts) if before else None
    if last and before and since:
        built = Built(last.scan, before, since.differ, since.places)
        return Judged(facts, since.differ.new, built=built), not since.strayed
    noted = judge_noting(facts)
    return Judged(facts, *noted), not strayed(noted.looked)


def touched() -> Exists:
    """Of a scan: whether a finding of its host changed since it began but by it, or is accepted by nothing in force."""
    since = Q(changed_at__gt=OuterRef("started_at")) & ~Q(changed_at=OuterRef("finished_at"))
    in_force = Q(acceptance__state=Acceptance.State.IN_FORCE)
    loose = Q(state=State.ACCEPTED) & (Q(acceptance=None) | ~in_force)
    return Exists(Finding.objects.filter(since | loose, host=OuterRef("host")).order_by())


def builds_on(last: Scan | None, host: Host, seen: Judged) -> bool:
    """Whether what was judged fits that scan, `touched` annotated, as it stands now. The host is locked.

    Whoever asks a check again changes the tally of the scan and notes that the host was seen.
    """
    if seen.built is None:
        return True
    is_still = last is not None and last.pk == seen.built.scan and last.finished_at == host.seen_at
    return is_still and not last.touched  # type: ignore[union-attr]  # annotated
