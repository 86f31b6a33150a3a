"""The kept days of hosts as series: a day on which a host was not scanned has what its last day before said.

A host that was removed has its days still, up to the one on which it is gone, with no score and nothing open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, Subquery

from secdash.checks.outcome import Severity
from secdash.fleet.models import HostQuerySet
from secdash.scans.models import PostureDay, PostureDayQuerySet

WORST_FIRST = tuple(reversed(Severity))
COLUMNS = ("host_ident", "day", "score", "critical", "high", "medium", "low", "info")


class Day(NamedTuple):
    """What one host's last scan of a day said."""

    score: int | None
    open: tuple[int, ...]  # by severity, worst first


class History:
    """The days of several hosts, up to and with `today`, `length` days long; earlier rows say how a host came in."""

    def __init__(self, rows: Iterable[tuple[int, date, Day]], *, today: date, length: int) -> None:
        self.days = [today - timedelta(days=back) for back in range(length - 1, -1, -1)]
        kept: dict[int, dict[date, Day]] = defaultdict(dict)
        for host, day, row in rows:
            kept[host][day] = row
        self._series = {host: _carried(found, self.days) for host, found in kept.items()}

    def scores(self) -> list[tuple[date, float | None]]:
        """The mean of the hosts' scores, day by day; None before the first."""
        series = list(self._series.values())
        return [(day, _mean(_scores_at(series, index))) for index, day in enumerate(self.days)]

    def scores_of(self, host: int, last: int = 30) -> list[int | None]:
        return [row.score if row else None for row in self._series.get(host, [])[-last:]]

    def open_by_severity(self, last: int = 30) -> dict[Severity, list[int | None]]:
        """Open findings of all hosts, day by day; None before the first kept day."""
        columns = list(zip(*(series[-last:] for series in self._series.values()), strict=True))
        summed = [_summed(row for row in column if row) for column in columns]
        return {severity: [row[rank] if row else None for row in summed] for rank, severity in enumerate(WORST_FIRST)}

    def before(self, host: int) -> Day | None:
        """How the host stood at the end of yesterday."""
        series = self._series.get(host, [])
        return series[-2] if len(series) > 1 else None


def history(hosts: HostQuerySet, few: Sequence[int], *, today: date, length: int) -> History:
    """Of a few of these hosts, in two queries. Named by their ids, they are looked up in the index of hosts and days;
    as a condition on hosts, PostgreSQL would rather read the days of all."""
    mine, first = hosts.filter(pk__in=few), _first(today, length)
    within = PostureDay.objects.filter(host_ident__in=few, host__in=mine, day__gt=first, day__lte=today)
    rows = chain(*(each.values_list(*COLUMNS) for each in (before(mine, first), within)))
    return _folded(rows, today, length)


def whole_history(hosts: HostQuerySet, gone: Q, *, today: date, length: int) -> History:
    """Of the fleet as it was on each day: these hosts, and the days of those that are gone by now; three queries."""
    last = [before(hosts, _first(today, length)), gone_before(PostureDay.objects.filter(gone), _first(today, length))]
    return _history(PostureDay.objects.filter(Q(host__in=hosts) | gone), last, today, length)


def before(hosts: HostQuerySet, day: date) -> PostureDayQuerySet:
    """Each host's last row up to and with that day: one look into the index of hosts and days for each host."""
    earlier = PostureDay.objects.filter(host_ident=OuterRef("pk"), day__lte=day).order_by("-day")
    last = hosts.order_by().annotate(last_day=Subquery(earlier.values("pk")[:1]))
    return PostureDay.objects.filter(pk__in=last.values("last_day"))


def gone_before(gone: PostureDayQuerySet, day: date) -> PostureDayQuerySet:
    """The same of hosts that were removed, whose rows are few."""
    later = PostureDay.objects.filter(host_ident=OuterRef("host_ident"), day__gt=OuterRef("day"), day__lte=day)
    return gone.filter(~Exists(later), day__lte=day)


def _first(today: date, length: int) -> date:
    return today - timedelta(days=length - 1)


def _history(kept: PostureDayQuerySet, last: Iterable[PostureDayQuerySet], today: date, length: int) -> History:
    within = kept.filter(day__gt=_first(today, length), day__lte=today).values_list(*COLUMNS)
    return _folded(
        chain(*(each.values_list(*COLUMNS) for each in last), within.iterator(chunk_size=5000)), today, length
    )


def _folded(rows: Iterable[tuple[Any, ...]], today: date, length: int) -> History:
    found = ((host, day, Day(score, tuple(counts))) for host, day, score, *counts in rows)
    return History(found, today=today, length=length)


def _carried(found: Mapping[date, Day], days: Sequence[date]) -> list[Day | None]:
    earlier = [day for day in found if day <= days[0]]
    last: Day | None = found[max(earlier)] if earlier else None
    carried: list[Day | None] = []
    for day in days:
        last = found.get(day, last)
        carried.append(last)
    return carried


def _scores_at(series: Iterable[Sequence[Day | None]], index: int) -> list[int]:
    rows = (each[index] for each in series)
    return [row.score for row in rows if row is not None and row.score is not None]


def _mean(scores: Sequence[int]) -> float | None:
    return sum(scores) / len(scores) if scores else None


def _summed(rows: Iterable[Day]) -> tuple[int, ...] | None:
    counts = [row.open for row in rows]
    return tuple(map(sum, zip(*counts, strict=True))) if counts else None
