"""The row of a host's day: where it stands, and what moved on it. Written by the transaction that moved it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from secdash.checks.engine import catalogue_version
from secdash.findings.models import Finding, State, Transition
from secdash.findings.score import Score
from secdash.fleet.models import Host
from secdash.scans import changes
from secdash.scans.changes import Change
from secdash.scans.models import SEVERITIES, PostureDay
from secdash.scans.moves import Moves
from secdash.scans.moves import summed as summed_moves
from secdash.scans.tallied import Tally

MOVED = ("opened", "resolved", "accepted_begun", "accepted_ended", "fixed_in_time", "fixed_late")
OF_CHANGE = ("was", "now", "why", "lasted", "finding__severity", "finding__due_on")


class Standing(NamedTuple):
    """A host's findings that live: open by severity's number, and how many are accepted."""

    open: Mapping[int, int]
    accepted: int


def keep(host: Host, *, score: Score, tally: Tally, scan_id: int, moves: Moves, at: datetime) -> PostureDay:
    """Bring the host's day up to a scan."""
    row = of_today(host, at.date())
    row.host_name, row.group_id = host.name, host.group_id
    row.catalogue_version = catalogue_version()
    set_score(row, score, tally)
    set_standing(row, standing([host.pk])[host.pk])
    add(row, changes_of_scan(scan_id), moves)
    row.save()
    return row


def of_today(host: Host, day: date) -> PostureDay:
    """The row of that day, or a new one, which is not saved yet."""
    found = PostureDay.objects.filter(host_ident=host.pk, day=day).first()
    return found or PostureDay(host_ident=host.pk, host=host, day=day)


def carried(last: PostureDay, day: date) -> PostureDay:
    """A new day that stands as the last one did, and on which nothing moved yet. Not saved."""
    same = {f.attname: getattr(last, f.attname) for f in PostureDay._meta.concrete_fields if not f.primary_key}
    return PostureDay(**{**same, "day": day, **dict.fromkeys(MOVED, 0), "fix_times": {}, "moves": {}})


def set_score(row: PostureDay, score: Score, tally: Tally) -> None:
    row.score, row.assessed = score.value, score.assessed
    row.passed, row.failed, row.unknown, _ = map(sum, zip(*tally.values(), strict=True)) if tally else (0, 0, 0, 0)


def set_standing(row: PostureDay, standing: Standing) -> None:
    for rank, word in enumerate(SEVERITIES):
        setattr(row, word, standing.open.get(rank, 0))
    row.accepted = standing.accepted


def add(row: PostureDay, changed: Iterable[Change], moves: Moves) -> None:
    """Count what changed, on top of what changed earlier that day."""
    changed = list(changed)
    for name, count in changes.counts(changed, row.day).items():
        setattr(row, name, getattr(row, name) + count)
    row.fix_times = changes.summed([row.fix_times, changes.fix_times(changed)])
    row.moves = summed_moves([row.moves, moves])


def standing(hosts: Iterable[int]) -> dict[int, Standing]:
    """By host's id, in one query."""
    opened: dict[int, Counter[int]] = {host: Counter() for host in hosts}
    accepted: Counter[int] = Counter()
    live = Finding.objects.filter(host__in=opened, state__in=(State.OPEN, State.ACCEPTED)).order_by()
    for host, state, severity, count in live.values_list("host_id", "state", "severity").annotate(Count("pk")):
        if state == State.OPEN:
            opened[host][severity] += count
        else:
            accepted[host] += count
    return {host: Standing(counts, accepted[host]) for host, counts in opened.items()}


def changes_of_scan(scan_id: int) -> list[Change]:
    return [Change(*row) for row in Transition.objects.filter(scan=scan_id).order_by().values_list(*OF_CHANGE)]


def last_days(hosts: Iterable[int], day: date) -> dict[int, PostureDay]:
    """Each host's last row up to and with that day, in one query."""
    newest = PostureDay.objects.filter(host_ident=OuterRef("pk"), day__lte=day).order_by("-day").values("pk")[:1]
    last = Host.objects.filter(pk__in=list(hosts)).annotate(last=Subquery(newest)).values("last")
    return {row.host_ident: row for row in PostureDay.objects.filter(pk__in=last)}


def after(day: date) -> datetime:
    """The first moment after a day."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=timezone.get_default_timezone())
