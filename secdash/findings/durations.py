"""How long findings stood open, as counts in bins: small enough to keep a day and a host, exact to two percent.

Bins are logarithmic, sixteen to a doubling, so that the middle of one is within 2.2 % of each duration in it. Counts
of many hosts and days add up, which medians do not.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

A_DOUBLING = 16
SHORTEST = 60  # seconds; what was fixed within a minute stands in bin 0


def bin_of(seconds: float) -> int:
    return max(0, math.floor(A_DOUBLING * math.log2(max(seconds, 1) / SHORTEST)) + 1)


def middle(number: int) -> float:
    """The duration that stands for a bin, in seconds."""
    return float(SHORTEST) if number <= 0 else SHORTEST * 2 ** ((number - 0.5) / A_DOUBLING)


def summed(counts: Iterable[Mapping[str, int]]) -> Counter[int]:
    """The sum of stored counts; JSON has its keys as texts."""
    total: Counter[int] = Counter()
    for each in counts:
        for number, count in each.items():
            total[int(number)] += count
    return total


def quantile(counts: Mapping[int, int], share: float) -> float | None:
    """The duration that this share of the counted does not exceed, in seconds; None where nothing was counted."""
    left = math.ceil(share * sum(counts.values())) or 1
    for number in sorted(counts):
        left -= counts[number]
        if left <= 0:
            return middle(number)
    return None
