"""Spans of days, and the days, weeks or months in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple, Self

PRESETS = (7, 30, 90, 365)
USUAL = 90
LONGEST = 3 * 365  # days that one page shows
A_DAY = timedelta(days=1)


class Step(StrEnum):
    """What flows are counted by, so that a chart has between a handful and some thirty bars."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Period(NamedTuple):
    """From the first day to the last, both counted."""

    first: date
    last: date

    @classmethod
    def ending(cls, last: date, length: int) -> Self:
        return cls(last - timedelta(days=length - 1), last)

    @classmethod
    def between(cls, first: date | None, last: date | None, today: date) -> Self | None:
        """The range asked for, never into the future and never longer than LONGEST; None for one that is none."""
        if first is None or last is None or first > last or first > today:
            return None
        last = min(last, today)
        return cls(max(first, last - (LONGEST - 1) * A_DAY), last)

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Period:
        """As many days, directly before."""
        return Period.ending(self.first - A_DAY, self.length)

    @property
    def step(self) -> Step:
        if self.length <= 31:
            return Step.DAY
        return Step.WEEK if self.length <= 184 else Step.MONTH

    @property
    def is_month(self) -> bool:
        return self.first.day == 1 and self.last == _last_of(self.first, Step.MONTH)

    def days(self) -> list[date]:
        return [self.first + number * A_DAY for number in range(self.length)]

    def months(self) -> Iterator[Period]:
        """The calendar months, the first and the last cut to the period."""
        return self._cut(Step.MONTH)

    def steps(self) -> Iterator[Period]:
        """The days, weeks (from Monday) or months, the first and the last cut to the period."""
        return self._cut(self.step)

    def _cut(self, step: Step) -> Iterator[Period]:
        first = self.first
        while first <= self.last:
            last = min(_last_of(first, step), self.last)
            yield Period(first, last)
            first = last + A_DAY


def _last_of(day: date, step: Step) -> date:
    match step:
        case Step.DAY:
            return day
        case Step.WEEK:
            return day + (6 - day.weekday()) * A_DAY
        case Step.MONTH:
            return (day.replace(day=1) + 32 * A_DAY).replace(day=1) - A_DAY
