"""A host's score when findings are closed: the arithmetic of `findings.score` on four numbers. Pure.

Ranking weighs each change on each host, tens of thousands of times a page; a test holds it equal to `findings.score`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from secdash.checks.outcome import Severity
from secdash.findings.score import CAPS, WEIGHTS

Closing = Mapping[int, int]  # severity → how many are closed
WEIGHT = [WEIGHTS[severity] for severity in Severity]
CRITICAL, HIGH = int(Severity.CRITICAL), int(Severity.HIGH)
CRITICAL_CAP, HIGH_CAP = CAPS[Severity.CRITICAL], CAPS[Severity.HIGH]


class Standing(NamedTuple):
    """What passes of a host by weight, and its open failures by severity, info first."""

    good: int
    failed: tuple[int, ...]

    def without(self, closing: Closing) -> Standing:
        """These failures pass; no more can pass than fail."""
        left, good = list(self.failed), self.good
        for severity, number in closing.items():
            closed = min(number, left[severity])
            left[severity] -= closed
            good += WEIGHT[severity] * closed
        return Standing(good, tuple(left))

    @property
    def uncapped(self) -> int | None:
        bad = sum(weight * number for weight, number in zip(WEIGHT, self.failed, strict=True))
        return round(100 * self.good / (self.good + bad)) if self.good + bad else None

    @property
    def value(self) -> int | None:
        """The score."""
        uncapped = self.uncapped
        if uncapped is None:
            return None
        if self.failed[CRITICAL] and uncapped > CRITICAL_CAP:
            return CRITICAL_CAP
        return HIGH_CAP if self.failed[HIGH] and uncapped > HIGH_CAP else uncapped


def standing(severities: Iterable[tuple[int, int]], accepted: Mapping[int, int]) -> Standing:
    """From how many verdicts of each severity pass and fail, and how many of the failures are accepted."""
    counts = list(severities)
    good = sum(weight * passed for weight, (passed, _failed) in zip(WEIGHT, counts, strict=True))
    failed = tuple(max(0, failures - accepted.get(rank, 0)) for rank, (_passed, failures) in enumerate(counts))
    return Standing(good, failed)
