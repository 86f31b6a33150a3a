"""Days added up: from where hosts began and ceased to stand to how all of them stood, day by day.

A row of the kept days says how a host stands from its day until its next row. So each row counts from its day on, and
no longer from the day of the next: the running sum of both is how all hosts stand, also on days without a scan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import NamedTuple

from secdash.posture.trends.periods import Period

SEVERITIES = ("critical", "high", "medium", "low", "info")
STANDING = ("hosts", "scored", "score_sum", "judged", "assessed_sum", *SEVERITIES, "accepted")
MOVING = ("opened", "resolved", "accepted_begun", "accepted_ended", "fixed_in_time", "fixed_late")
NO_GROUP = 0


class Day(NamedTuple):
    """How the hosts of a scope stood at the end of a day, and what moved on it."""

    hosts: int = 0
    scored: int = 0
    score_sum: int = 0
    judged: int = 0
    assessed_sum: float = 0.0
    critical: int = 0
    high: int = 0
    medium: int = 0
    low: int = 0
    info: int = 0
    accepted: int = 0
    opened: int = 0
    resolved: int = 0
    accepted_begun: int = 0
    accepted_ended: int = 0
    fixed_in_time: int = 0
    fixed_late: int = 0

    @property
    def score(self) -> float | None:
        """The mean of the hosts' scores; None where none has one."""
        return self.score_sum / self.scored if self.scored else None

    @property
    def assessed(self) -> float | None:
        """The mean of the hosts' assessed shares."""
        return min(1.0, self.assessed_sum / self.judged) if self.judged else None

    @property
    def by_severity(self) -> tuple[int, ...]:
        """Open findings, worst first; `open` is their sum."""
        return self.critical, self.high, self.medium, self.low, self.info

    @property
    def open(self) -> int:
        return sum(self.by_severity)

    @property
    def in_time(self) -> float | None:
        """The share of what was fixed that was fixed by its due date; None where nothing was fixed."""
        fixed = self.fixed_in_time + self.fixed_late
        return self.fixed_in_time / fixed if fixed else None


class Change(NamedTuple):
    """What the rows of one group say of one day: they begin to count on it (`sign` 1), or cease to (−1)."""

    sign: int
    day: date
    group: int
    standing: Sequence[float]
    moving: Sequence[int]


class Sums(NamedTuple):
    """The days of a period, of all hosts together and of each group's."""

    period: Period
    total: list[Day]
    groups: Mapping[int, list[Day]]

    def of(self, group: int | None) -> list[Day]:
        """Without a group all hosts; a group that no host was in has empty days."""
        if group is None:
            return self.total
        return list(self.groups.get(group) or [Day()] * self.period.length)

    def followed_by(self, later: Sums) -> Sums:
        names = [*self.groups, *(group for group in later.groups if group not in self.groups)]
        return Sums(
            Period(self.period.first, later.period.last),
            [*self.total, *later.total],
            {group: [*self.of(group), *later.of(group)] for group in names},
        )

    def within(self, period: Period) -> Sums:
        """A part of it; the period must lie inside."""
        begin = (period.first - self.period.first).days
        end = begin + period.length
        return Sums(period, self.total[begin:end], {group: days[begin:end] for group, days in self.groups.items()})


def summed(changes: Iterable[Change], period: Period) -> Sums:
    """What changed before the period counts from its first day on; what moved before it does not count."""
    standing: dict[int, list[list[float]]] = {}
    moving: dict[int, dict[int, Sequence[int]]] = defaultdict(dict)
    for change in changes:
        at = (change.day - period.first).days
        if at >= period.length:
            continue
        if change.group not in standing:
            standing[change.group] = [[0.0] * len(STANDING) for _ in range(period.length)]
        row = standing[change.group][max(at, 0)]
        for column, value in enumerate(change.standing):
            row[column] += change.sign * value
        if change.sign > 0 and at >= 0:
            moving[change.group][at] = change.moving
    groups = {group: _days(rows, moving[group]) for group, rows in standing.items()}
    return Sums(period, together(groups.values(), period.length), groups)


def together(series: Iterable[Sequence[Day]], length: int) -> list[Day]:
    """Several series of days of the same length, added up."""
    lists = list(series)
    if not lists:
        return [Day()] * length
    return [plus(days) for days in zip(*lists, strict=True)]


def plus(days: Iterable[Day]) -> Day:
    return Day(*map(sum, zip(*days, strict=True)))


def moved(days: Sequence[Day], period: Period) -> list[tuple[Period, Day]]:
    """The period's days, weeks or months: what moved in each, and how it stood at its end."""
    counted = []
    for step in period.steps():
        begin = (step.first - period.first).days
        part = days[begin : begin + step.length]
        flows = [sum(getattr(day, name) for day in part) for name in MOVING]
        counted.append((step, part[-1]._replace(**dict(zip(MOVING, flows, strict=True)))))
    return counted


def _days(changes: Iterable[Sequence[float]], moving: Mapping[int, Sequence[int]]) -> list[Day]:
    nothing = (0,) * len(MOVING)
    sums = accumulate(changes, lambda before, change: [a + b for a, b in zip(before, change, strict=True)])
    return [_day(values, moving.get(at, nothing)) for at, values in enumerate(sums)]


def _day(values: Sequence[float], moving: Sequence[int]) -> Day:
    whole = [value if name == "assessed_sum" else round(value) for name, value in zip(STANDING, values, strict=True)]
    return Day(*whole, *moving)  # type: ignore[arg-type]
