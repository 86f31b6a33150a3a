"""Time to fix, drawn: the middle, the quickest quarter and the slowest tenth on a logarithmic scale of days."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from secdash.posture.trends.fixes import Bins, days, within
from secdash.web.scale import percent

SHORTEST, LONGEST = 1 / 24, 400.0  # days at both ends of the scale
TICKS = ((1 / 24, "hour"), (1.0, "day"), (7.0, "week"), (30.0, "month"), (365.0, "year"))


class Spread(NamedTuple):
    """Days; None where nothing was fixed."""

    fixed: int
    quickest: float | None
    median: float | None
    slowest: float | None
    target: int | None
    in_time: float | None

    @property
    def drawn(self) -> Drawn | None:
        if self.quickest is None or self.median is None or self.slowest is None:
            return None
        return Drawn(place(self.quickest), place(self.median), place(self.slowest), place(self.target))


class Drawn(NamedTuple):
    """Places on the scale, in percent of its width; "" for no target."""

    begin: str
    middle: str
    end: str
    target: str


def spread(bins: Bins, target: int | None) -> Spread:
    return Spread(
        fixed=bins.total(),
        quickest=days(bins, 0.25),
        median=days(bins, 0.5),
        slowest=days(bins, 0.9),
        target=target,
        in_time=None if target is None else within(bins, target),
    )


def place(value: float | None) -> str:
    if value is None:
        return ""
    share = math.log(min(max(value, SHORTEST), LONGEST) / SHORTEST) / math.log(LONGEST / SHORTEST)
    return percent(100 * share)


def spread_of_all(by_severity: Mapping[str, Bins], targets: Mapping[str, int | None]) -> Spread:
    """Severities together: no target is common to them, so in time is what kept its own."""
    together = spread(sum(by_severity.values(), Bins()), None)
    kept = [(bins, target) for word, bins in by_severity.items() if (target := targets.get(word)) is not None and bins]
    bound = sum(bins.total() for bins, _target in kept)
    in_time = sum((within(bins, target) or 0) * bins.total() for bins, target in kept)
    return together._replace(in_time=in_time / bound if bound else None)
