"""How long findings stood open until they were fixed: counts in bins, by group and severity, over any days."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from secdash.findings.durations import middle, quantile
from secdash.posture.trends.series import NO_GROUP, SEVERITIES

A_DAY = 86_400
Bins = Counter[int]
Fixes = dict[int, dict[str, Bins]]  # group → severity → counts in bins


def added(rows: Iterable[tuple[int | None, str, int, int]]) -> Fixes:
    """Rows of group, severity, bin and count."""
    total: dict[int, dict[str, Bins]] = defaultdict(lambda: defaultdict(Counter))
    for group, severity, number, count in rows:
        total[group or NO_GROUP][severity][number] += count
    return {group: dict(by_severity) for group, by_severity in total.items()}


def both(one: Fixes, other: Fixes) -> Fixes:
    groups = {**one, **other}
    return {
        group: {
            word: one.get(group, {}).get(word, Bins()) + other.get(group, {}).get(word, Bins()) for word in SEVERITIES
        }
        for group in groups
    }


def by_severity(fixes: Fixes, group: int | None) -> dict[str, Bins]:
    """Of one group, or of all, worst first."""
    chosen = list(fixes.values()) if group is None else [fixes.get(group, {})]
    return {word: sum((each.get(word, Bins()) for each in chosen), Bins()) for word in SEVERITIES}


def days(bins: Bins, share: float) -> float | None:
    """The days within which this share of them was fixed."""
    seconds = quantile(bins, share)
    return None if seconds is None else seconds / A_DAY


def within(bins: Bins, target: float) -> float | None:
    """The share that was fixed within so many days; None where nothing was."""
    fixed = bins.total()
    return sum(count for number, count in bins.items() if middle(number) <= target * A_DAY) / fixed if fixed else None
