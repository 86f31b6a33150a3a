"""The days that are over, summed over all hosts: they never change, so they are folded once and kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Max, Q

from secdash.checks.outcome import Severity
from secdash.fleet.models import HostQuerySet
from secdash.posture import keeping
from secdash.posture.days import whole_history
from secdash.scans.models import PostureDay

KEPT = 24 * 3600  # seconds


class ClosedDays(NamedTuple):
    """Oldest first, up to yesterday: the mean score, and the open findings of each severity."""

    scores: list[tuple[date, float | None]]
    open: dict[Severity, list[int | None]]

    @property
    def was(self) -> float | None:
        """The mean at the end of yesterday."""
        return self.scores[-1][1]

    def open_before(self, severity: Severity) -> int | None:
        return self.open[severity][-1] if self.open[severity] else None


def closed_days(hosts: HostQuerySet, gone: Q, hosts_mark: str, *, today: date, length: int) -> ClosedDays:
    """`length` days; `gone` are those of hosts that are no more.

    Kept until the day is over, other hosts are there, or a day that was over is written after all.
    """
    over = PostureDay.objects.filter(day__lt=today)
    newest = keeping.kept("newest-day", f"{hosts_mark}:{today}", lambda: over.aggregate(newest=Max("pk"))["newest"])

    def fold() -> ClosedDays:
        kept = whole_history(hosts, gone, today=today - timedelta(days=1), length=length)
        return ClosedDays(kept.scores(), kept.open_by_severity(last=29))

    return keeping.kept(f"closed-days:{length}:{today:%Y%m%d}", f"{hosts_mark}:{newest}", fold, seconds=KEPT)
