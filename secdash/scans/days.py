"""The row of a host's day: where it stands, and what moved on it. Written by the transaction that moved it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from secdash.checks.engine import catalogue_version
from secdash.findings.adding import add_these
from secdash.findings.models import Finding, State
from secdash.findings.rewriting import rewrite
from secdash.findings.score import Score
from secdash.findings.writing import Recorded
from secdash.fleet.models import Host
from secdash.scans import changes
from secdash.scans.changes import Change
from secdash.scans.models import SEVERITIES, PostureDay
from secdash.scans.moves import Moves
from secdash.scans.moves import summed as summed_moves
from secdash.scans.tallied import Tally

MOVED = ("opened", "resolved", "accepted_begun", "accepted_ended", "fixed_in_time", "fixed_late")
Placed = tuple[int | None, int | None]  # score and group
OF_CHANGE = ("was", "now", "why", "lasted", "finding__severity", "finding__due_on")


class Standing(NamedTuple):
    """A host's findings that live: open by severity's number, and how many are accepted."""

    open: Mapping[int, int]
    accepted: int


class Brought(NamedTuple):
    """What a scan brings to the day of its host, whose row is locked."""

    host: Host
    score: Score
    tally: Tally
    changes: Sequence[Change]
    moves: Moves


def keep(several: Sequence[Brought], *, at: datetime) -> list[PostureDay]:
    """Bring the days of hosts up to a scan of each; as many statements for one as for many."""
    hosts = [each.host.pk for each in several]
    last, now = last_days(hosts, at.date()), standing(hosts)
    version = catalogue_version()
    rows = []
    for each in several:
        before = last.get(each.host.pk)
        row = _of_today(each.host, before, at.date())
        row.host_name, row.group_id, row.catalogue_version = each.host.name, each.host.group_id, version
        set_score(row, each.score, each.tally)
        set_standing(row, now[each.host.pk])
        add(row, each.changes, each.moves)
        note_moved(row, placed(before) if before else None)
        rows.append(row)
    save(rows)
    return rows


def _of_today(host: Host, last: PostureDay | None, day: date) -> PostureDay:
    """The row of that day, for which `last` is left as it was; or a new one, which is not saved yet."""
    return copy(last) if last and last.day == day else PostureDay(host_ident=host.pk, host=host, day=day, moved=False)


def save(rows: Sequence[PostureDay]) -> None:
    columns = [field.name for field in PostureDay._meta.concrete_fields if not field.primary_key]
    rewrite([row for row in rows if row.pk], columns)
    add_these([row for row in rows if not row.pk])


def placed(row: PostureDay) -> Placed:
    return row.score, row.group_id


def note_moved(row: PostureDay, before: Placed | None) -> None:
    """`before` is where the host was placed when the row was last written, or on its day before; None for neither."""
    row.moved = row.moved or bool(row.moves) or placed(row) != before


def carried(last: PostureDay, day: date) -> PostureDay:
    """A new day that stands as the last one did, and on which nothing moved yet. Not saved."""
    same = {f.attname: getattr(last, f.attname) for f in PostureDay._meta.concrete_fields if not f.primary_key}
    return PostureDay(**{**same, "day": day, **dict.fromkeys(MOVED, 0), "fix_times": {}, "moves": {}, "moved": False})


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


def changes_of(recorded: Recorded) -> list[Change]:
    return [Change(*step) for step in recorded.steps]


def last_days(hosts: Iterable[int], day: date) -> dict[int, PostureDay]:
    """Each host's last row up to and with that day: mostly that day's, which is quickly asked.

    One query, and one more for those that have none of that day.
    """
    wanted = set(hosts)
    found = {row.host_ident: row for row in PostureDay.objects.filter(host_ident__in=wanted, day=day)}
    if missing := wanted - found.keys():
        newest = PostureDay.objects.filter(host_ident=OuterRef("pk"), day__lt=day).order_by("-day").values("pk")[:1]
        last = Host.objects.filter(pk__in=missing).annotate(last=Subquery(newest)).values("last")
        found |= {row.host_ident: row for row in PostureDay.objects.filter(pk__in=last)}
    return found


def after(day: date) -> datetime:
    """The first moment after a day."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=timezone.get_default_timezone())
