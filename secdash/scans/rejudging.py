"""Judging kept days by today's catalogue, so that a history can be read as if today's checks had always been there.

A day that was recorded under another catalogue is judged from the newest snapshot that the host had by its end. Done in
the background, a few days at a time: what is written is not done again, so that it may stop anywhere.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

import msgspec
import zstandard
from django.db.models import Exists, OuterRef, Q

from secdash.checks import releases
from secdash.checks.engine import Verdict, catalogue_version, judge
from secdash.checks.outcome import Severity, Status
from secdash.findings.lifecycle import Identity
from secdash.findings.models import State, Transition
from secdash.findings.score import weigh
from secdash.scans import moves, snapshots
from secdash.scans.days import after
from secdash.scans.models import SEVERITIES, PostureDay, PostureDayQuerySet, Rejudged, Scan, Snapshot
from secdash.scans.moving import attested_in
from secdash.scans.release_tables import in_force

DAYS = 365  # further back nothing is judged again
A_RUN = 200  # days of hosts
Accepted = dict[Identity, Severity]


class Look(NamedTuple):
    """A scan that left a snapshot."""

    at: datetime
    scan: int
    snapshot: int


def run(*, at: datetime, most: int = A_RUN) -> int:
    """Judge the next days that wait for it; how many. 0 says that all is done."""
    with releases.using(in_force()):
        version = catalogue_version()
        waiting_now = waiting(at.date(), version).order_by("host_ident", "day").values_list("host_id", "day")[:most]
        rows = [(host, day) for host, day in waiting_now if host]
        for host, days in groupby(rows, key=lambda row: row[0]):
            found = _of_host(host, [day for _, day in days], version)
            Rejudged.objects.bulk_create(found, ignore_conflicts=True)
    return len(rows)


def left(*, at: datetime) -> int:
    """How many days wait."""
    with releases.using(in_force()):
        return waiting(at.date(), catalogue_version()).count()


def waiting(today: date, version: str) -> PostureDayQuerySet:
    """Days under another catalogue that this one has not judged; those of hosts that are gone have no snapshots."""
    done = Rejudged.objects.filter(host=OuterRef("host_id"), day=OuterRef("day"), catalogue_version=version)
    kept = PostureDay.objects.filter(day__gte=today - timedelta(days=DAYS), host__isnull=False)
    return kept.exclude(catalogue_version=version).filter(~Exists(done))


def _of_host(host: int, days: Sequence[date], version: str) -> Iterator[Rejudged]:
    """The days come oldest first; a snapshot that several share is judged once."""
    looks = _looks(host, days[-1])
    chosen = {day: looks[place - 1] for day in days if (place := bisect_left(looks, (after(day),)))}
    tallies = dict(Scan.objects.filter(pk__in=[each.scan for each in chosen.values()]).values_list("pk", "tally"))
    last: int | None = None
    verdicts: list[Verdict] | None = None
    for day, accepted in _accepted(host, days):
        look = chosen.get(day)
        if look and look.snapshot != last:
            last, verdicts = look.snapshot, _judged(look.snapshot)
        made = Rejudged(host_id=host, day=day, catalogue_version=version, snapshot_id=look.snapshot if look else None)
        if look and verdicts is not None:
            _fill(made, moves.picture(verdicts, attested_in(tallies.get(look.scan, {})), accepted))
        yield made


def _looks(host: int, until: date) -> list[Look]:
    done = Scan.objects.filter(host=host, state=Scan.State.DONE, snapshot__isnull=False, finished_at__lt=after(until))
    rows = done.order_by("finished_at", "pk").values_list("finished_at", "pk", "snapshot_id")
    return [Look(at, scan, snapshot) for at, scan, snapshot in rows if at and snapshot]


def _judged(snapshot: int) -> list[Verdict] | None:
    found = Snapshot.objects.filter(pk=snapshot).first()
    try:
        return list(judge(snapshots.facts_of(found))) if found else None
    except (msgspec.ValidationError, zstandard.ZstdError):
        return None


def _accepted(host: int, days: Iterable[date]) -> Iterator[tuple[date, Accepted]]:
    """What stood accepted at the end of each day."""
    moved = Transition.objects.filter(Q(was=State.ACCEPTED) | Q(now=State.ACCEPTED), finding__host=host)
    identity = ("finding__check_name", "finding__subject_kind", "finding__subject_key", "finding__severity")
    steps = list(moved.order_by("at", "pk").values_list("at", "now", *identity))
    accepted: Accepted = {}
    done = 0
    for day in days:
        while done < len(steps) and steps[done][0] < after(day):
            _, now, check, kind, key, severity = steps[done]
            accepted.pop((check, kind, key), None)
            if now == State.ACCEPTED:
                accepted[check, kind, key] = Severity(severity)
            done += 1
        yield day, dict(accepted)


def _fill(row: Rejudged, seen: moves.Picture) -> None:
    judged = Counter(each for several in seen.verdicts.values() for each in several)
    reached = weigh(judged, seen.accepted.values())
    row.score, row.assessed = reached.value, reached.assessed
    for rank, count in _open(seen).items():
        setattr(row, SEVERITIES[rank], count)


def _open(seen: moves.Picture) -> Mapping[int, int]:
    """Failures of checks that nobody accepted; attested items are no findings."""
    failing = (
        severity
        for which, several in seen.verdicts.items()
        for severity, status in several
        if status is Status.FAIL and which not in seen.accepted and which[1] != moves.ITEM
    )
    return Counter(int(severity) for severity in failing)
