"""Days added up: from where hosts began and ceased to stand to how all of them stood, day by day.

A row of the kept days says how a host stands from its day until its next row. So each row counts from its day on, and
no longer from the day of the next: the running sum of both is how all hosts stand, also on days without a scan.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from secdash.posture.trends.periods import Period

SEVERITIES = ("critical", "high", "medium", "low", "info")
STANDING = ("hosts", "scored", "score_sum", "judged", "assessed_sum", *SEVERITIES, "accepted")
MOVING = ("opened", "resolved", "accepted_begun", "accepted_ended", "fixed_in_time", "fixed_late")
WIDTH, ASSESSED = len(STANDING) + len(MOVING), STANDING.index("assessed_sum")
ALL, NO_GROUP = -1, 0  # stand for the number of a group


class Day(NamedTuple):
    """How the hosts of a scope stood at the end of a day, and what moved on it."""

    hosts: int = 0
    scored: int = 0
    score_sum: float = 0
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
    """The days of a period, of all hosts together (ALL) and of each group, as one row of numbers each.

    Arrays, since they are kept for a year of many groups, and a page reads two of them.
    """

    period: Period
    rows: Mapping[int, array[float]]

    def of(self, group: int | None) -> list[Day]:
        """Without a group all hosts; a group that no host was in has empty days."""
        row = self.rows.get(ALL if group is None else group)
        if row is None:
            return [Day()] * self.period.length
        return [_day(row[at : at + WIDTH]) for at in range(0, len(row), WIDTH)]

    def followed_by(self, later: Sums) -> Sums:
        period = Period(self.period.first, later.period.last)
        return Sums(period, {group: self._row(group) + later._row(group) for group in {**self.rows, **later.rows}})

    def _row(self, group: int) -> array[float]:
        return self.rows.get(group) or _nothing(self.period)


def summed(changes: Iterable[Change], period: Period) -> Sums:
    """What changed before the period counts from its first day on; what moved before it does not count."""
    rows = {ALL: _nothing(period)}
    for change in changes:
        at = (change.day - period.first).days
        if at >= period.length:
            continue
        for row in (rows[ALL], rows.setdefault(change.group, _nothing(period))):
            _add(row, at, change)
    for row in rows.values():
        _carry(row)
    return Sums(period, rows)


def moved(days: Sequence[Day], period: Period) -> list[tuple[Period, Day]]:
    """The period's days, weeks or months: what moved in each, and how it stood at its end."""
    counted = []
    for step in period.steps():
        begin = (step.first - period.first).days
        part = days[begin : begin + step.length]
        flows = [sum(getattr(day, name) for day in part) for name in MOVING]
        counted.append((step, part[-1]._replace(**dict(zip(MOVING, flows, strict=True)))))
    return counted


def _nothing(period: Period) -> array[float]:
    return array("d", bytes(8 * WIDTH * period.length))


def _add(row: array[float], at: int, change: Change) -> None:
    begin = max(at, 0) * WIDTH
    for column, value in enumerate(change.standing):
        row[begin + column] += change.sign * value
    if change.sign > 0 and at >= 0:
        for column, value in enumerate(change.moving, start=begin + len(STANDING)):
            row[column] += value


def _carry(row: array[float]) -> None:
    """How hosts stand goes on from day to day; what moved does not."""
    for begin in range(WIDTH, len(row), WIDTH):
        for column in range(begin, begin + len(STANDING)):
            row[column] += row[column - WIDTH]


def _day(values: Sequence[float]) -> Day:
    whole = [round(value) for value in values]
    return Day(*whole)._replace(assessed_sum=round(values[ASSESSED], 9))
