"""What a period is held against: the one before, another one, or another group in the same days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from secdash.posture.trends.fixes import Bins, days
from secdash.posture.trends.periods import A_DAY, Period
from secdash.posture.trends.series import MOVING, Day


class Side(NamedTuple):
    """A period of a scope, and what it is called."""

    name: str
    period: Period
    days: Sequence[Day]
    fixed: Bins

    @property
    def has_history(self) -> bool:
        return sum(1 for day in self.days if day.hosts) > 1

    def score_at(self, offset: int) -> tuple[date | None, float | None]:
        """The day that stands as far from this period's beginning, and its score."""
        if offset >= self.period.length:
            return None, None
        return self.period.first + offset * A_DAY, self.days[offset].score


class Figures(NamedTuple):
    """A period in numbers: how it ended, and what moved in it."""

    score: float | None
    score_before: float | None
    open: int
    open_before: int
    worst: int
    opened: int
    resolved: int
    assessed: float | None
    assessed_before: float | None
    accepted: int
    accepted_begun: int
    accepted_ended: int
    in_time: float | None
    median: float | None
    slowest: float | None
    hosts: int

    @property
    def change(self) -> float | None:
        """Of the rounded scores, since it stands beside them."""
        return _between(self.score_before, self.score)

    @property
    def open_change(self) -> int:
        return self.open - self.open_before

    @property
    def assessed_change(self) -> float | None:
        before, now = (None if share is None else 100 * share for share in (self.assessed_before, self.assessed))
        return _between(before, now)


def figures(side: Side) -> Figures:
    """From the first day with hosts to the last day."""
    stood = [day for day in side.days if day.hosts] or [Day()]
    first, last = stood[0], side.days[-1]
    flows = dict(zip(MOVING, (sum(getattr(day, name) for day in side.days) for name in MOVING), strict=True))
    moved = Day(**flows)
    return Figures(
        score=last.score,
        score_before=next((day.score for day in stood if day.score is not None), None),
        open=last.open,
        open_before=first.open,
        worst=last.critical,
        opened=moved.opened,
        resolved=moved.resolved,
        assessed=last.assessed,
        assessed_before=next((day.assessed for day in stood if day.assessed is not None), None),
        accepted=last.accepted,
        accepted_begun=moved.accepted_begun,
        accepted_ended=moved.accepted_ended,
        in_time=moved.in_time,
        median=days(side.fixed, 0.5),
        slowest=days(side.fixed, 0.9),
        hosts=last.hosts,
    )


def _between(before: float | None, now: float | None) -> float | None:
    return None if before is None or now is None else round(now) - round(before)
