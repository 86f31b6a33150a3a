"""What transitions add to a host's day: how many findings opened, closed, were accepted, and how long they stood. Pure.

Open and accepted findings together grow by what opened and shrink by what was resolved, on every day; what is accepted
and what returns moves between the two.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from secdash.checks.outcome import Severity
from secdash.findings.durations import bin_of
from secdash.findings.lifecycle import ACCEPTED, OPEN, RESOLVED, Step

FIXED = "fixed"
STANDING = (OPEN, ACCEPTED)
FixTimes = dict[str, dict[str, int]]  # severity's word → bin → fixed findings


class Change(Step):
    """A step of a finding, as a day counts it."""

    __slots__ = ()

    @property
    def opens(self) -> bool:
        return self.now in STANDING and self.was not in STANDING

    @property
    def is_fixed(self) -> bool:
        return self.now == RESOLVED and self.why == FIXED

    def is_late(self, day: date) -> bool:
        """What was accepted is not late: nobody was to fix it."""
        return self.was == OPEN and self.due_on is not None and self.due_on < day


def counts(changes: Iterable[Change], day: date) -> Counter[str]:
    """By the name of the day's column."""
    sums: Counter[str] = Counter()
    for change in changes:
        sums["opened"] += change.opens
        sums["resolved"] += change.now == RESOLVED
        sums["accepted_begun"] += change.now == ACCEPTED
        sums["accepted_ended"] += (change.was, change.now) == (ACCEPTED, OPEN)
        sums["fixed_late"] += change.is_fixed and change.is_late(day)
        sums["fixed_in_time"] += change.is_fixed and not change.is_late(day)
    return sums


def fix_times(changes: Iterable[Change]) -> FixTimes:
    """How long the fixed ones had been open; what went with its subject was not fixed and is not counted."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for change in changes:
        if change.is_fixed and change.lasted is not None:
            sums[Severity(change.severity).word][str(bin_of(change.lasted))] += 1
    return {word: dict(bins) for word, bins in sums.items()}


def summed(parts: Iterable[Mapping[str, Mapping[str, int]]]) -> FixTimes:
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for times in parts:
        for word, bins in times.items():
            sums[word].update(bins)
    return {word: dict(bins) for word, bins in sums.items()}
