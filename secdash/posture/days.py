"""The kept days of hosts as series: a day on which a host was not scanned has what its last scan before said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from secdash.checks.outcome import Severity
from secdash.fleet.models import HostQuerySet
from secdash.scans.models import PostureDay

WORST_FIRST = tuple(reversed(Severity))


class Day(NamedTuple):
    """What one host's last scan of a day said."""

    score: int | None
    open: tuple[int, ...]  # by severity, worst first


class History:
    """The days of several hosts, up to and with `today`, `length` days long."""

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


def history(hosts: HostQuerySet, *, today: date, length: int) -> History:
    """One query."""
    since = today - timedelta(days=length - 1)
    rows = PostureDay.objects.filter(host__in=hosts, day__gte=since, day__lte=today)
    columns = rows.values_list("host_id", "day", "score", "critical", "high", "medium", "low", "info")
    found = ((host, day, Day(score, tuple(counts))) for host, day, score, *counts in columns.iterator(chunk_size=5000))
    return History(found, today=today, length=length)


def _carried(found: Mapping[date, Day], days: Sequence[date]) -> list[Day | None]:
    carried: list[Day | None] = []
    last: Day | None = None
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
