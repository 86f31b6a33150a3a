"""Tallies: how many subjects each check passes, fails, cannot tell of, does not judge; and back to what a score weighs.

What people attested stands in a tally beside the checks, under the names of `benchmark_manual`, and weighs like them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from secdash.checks import CATALOGUE
from secdash.checks.benchmark_manual import MANUAL
from secdash.checks.engine import Verdict
from secdash.checks.outcome import Severity, Status
from secdash.findings.score import Judged

Row = list[int]
Tally = Mapping[str, Sequence[int]]
STATUS_ORDER = (Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE)
WEIGHED: Mapping[str, Severity] = {
    name: entry.severity for table in (MANUAL, CATALOGUE) for name, entry in table.items()
}


def tally(verdicts: Iterable[Verdict]) -> dict[str, Row]:
    """Per check: how many subjects pass, fail, are unknown, are not judged."""
    return tallied((verdict.check, verdict.status) for verdict in verdicts)


def tallied(statuses: Iterable[tuple[str, Status]]) -> dict[str, Row]:
    counts: dict[str, Row] = defaultdict(lambda: [0, 0, 0, 0])
    for (name, status), count in Counter(statuses).items():
        counts[name][STATUS_ORDER.index(status)] += count
    return dict(counts)


def statuses(tally: Tally) -> dict[str, int]:
    """How many verdicts of each status; none of those of which there is none."""
    sums = [sum(row) for row in zip(*tally.values(), strict=True)]
    return {str(status): count for status, count in zip(STATUS_ORDER, sums, strict=bool(sums)) if count}


def counted(tally: Tally) -> Counter[Judged]:
    """How many verdicts of each severity and status; names that this version has not are left out."""
    rows: dict[Severity, list[Sequence[int]]] = defaultdict(list)
    for name, row in tally.items():
        severity = WEIGHED.get(name)
        if severity is not None:
            rows[severity].append(row)
    sums: Counter[Judged] = Counter()
    for severity, of_it in rows.items():
        for status, counts in zip(STATUS_ORDER, zip(*of_it, strict=True), strict=True):
            if count := sum(counts):
                sums[severity, status] = count
    return sums
