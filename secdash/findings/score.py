"""A host's score, from its verdicts: pure arithmetic, explained in the guide (introduction, "score").

100 × the weight of what passed ÷ the weight of what passed or failed. Accepted failures are in neither sum. An open
critical holds the score at 59, an open high at 79.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from secdash.checks.outcome import Severity, Status

WEIGHTS: Mapping[Severity, int] = {
    Severity.CRITICAL: 40,
    Severity.HIGH: 20,
    Severity.MEDIUM: 8,
    Severity.LOW: 2,
    Severity.INFO: 0,
}
CAPS: Mapping[Severity, int] = {Severity.CRITICAL: 59, Severity.HIGH: 79}
GRADES = (("A", 90), ("B", 80), ("C", 70), ("D", 60))


class Score(msgspec.Struct, frozen=True):
    """`value` and `uncapped` are 0–100, None where nothing was assessed; `assessed` is a share of 1.

    `held_by` is the severity whose open failures hold the value down, None where they do not.
    """

    value: int | None
    uncapped: int | None
    assessed: float | None
    held_by: Severity | None

    @property
    def grade(self) -> str | None:
        return None if self.value is None else grade(self.value)


def grade(value: float) -> str:
    """The letter of a score."""
    return next((letter for letter, least in GRADES if value >= least), "E")


Judged = tuple[Severity, Status]
# The worst first.
_LINES = tuple(
    (severity, weight, (severity, Status.PASS), (severity, Status.FAIL)) for severity, weight in WEIGHTS.items()
)


def score(judged: Iterable[Judged], accepted: Iterable[Severity] = ()) -> Score:
    """The score of a host's verdicts; `accepted` are the severities of failures that were accepted."""
    return weigh(Counter(judged), accepted)


def weigh(counted: Mapping[Judged, int], accepted: Iterable[Severity] = ()) -> Score:
    """The same from how many verdicts of each severity and status there are."""
    value, uncapped, held_by = _value(counted, Counter(accepted))
    return Score(value, uncapped, _assessed(counted), held_by)


def value(counted: Mapping[Judged, int], accepted: Mapping[Severity, int]) -> int | None:
    """The value alone, for whoever asks for it at each of many steps."""
    return _value(counted, accepted)[0]


def _value(
    counted: Mapping[Judged, int], accepted: Mapping[Severity, int]
) -> tuple[int | None, int | None, Severity | None]:
    """Value, uncapped, and what holds it down. Asked for at every step of every path, so it looks nothing up twice."""
    good = bad = 0
    worst: Severity | None = None
    for severity, weight, passing, failing in _LINES:
        good += weight * counted.get(passing, 0)
        failed = counted.get(failing, 0) - accepted.get(severity, 0)
        if failed > 0:
            bad += weight * failed
            worst = severity if worst is None else worst
    if not good + bad:
        return None, None, None
    uncapped = round(100 * good / (good + bad))
    cap = uncapped if worst is None else CAPS.get(worst, uncapped)
    return (cap, uncapped, worst) if uncapped > cap else (uncapped, uncapped, None)


def _assessed(counted: Mapping[Judged, int]) -> float | None:
    sums = Counter[Status]()
    for (_, status), count in counted.items():
        sums[status] += count
    assessed = sums[Status.PASS] + sums[Status.FAIL]
    total = assessed + sums[Status.UNKNOWN]
    return assessed / total if total else None
