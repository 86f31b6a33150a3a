"""What the tallies of scans add up to: per check over all hosts, per CIS section, and the score behind a score.

A tally maps a check to [pass, fail, unknown, not_applicable], as `scans.tallied` writes it. What people
attested stands beside the checks under the names of `benchmark_manual`, and weighs like them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from secdash.checks import CATALOGUE
from secdash.checks.benchmark_manual import MANUAL
from secdash.checks.outcome import Severity, Status
from secdash.facts.model import KINDS, Engine
from secdash.findings.score import Judged, Score, weigh
from secdash.scans.tallied import STATUS_ORDER, WEIGHED

Tally = Mapping[str, list[int]]
FACES = STATUS_ORDER
EMPTY = [0, 0, 0, 1]  # how a check says that there is nothing of its kind
EDITION = "1.6"
SEVERITIES = WEIGHED
CHECKS: Mapping[str, list[str]] = {
    kind: [name for name, entry in CATALOGUE.items() if entry.kind == kind] for kind in KINDS
}
SECTIONS = ("1", "2", "3", "4", "5", "6", "7")


class Faces(NamedTuple):
    """How many subjects show each of the four faces."""

    passed: int = 0
    failed: int = 0
    unknown: int = 0
    not_applicable: int = 0

    @property
    def judged(self) -> int:
        return sum(self)

    def plus(self, other: Iterable[int]) -> Faces:
        return Faces(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def faces_of(statuses: Iterable[Status]) -> Faces:
    counts = dict.fromkeys(FACES, 0)
    for status in statuses:
        counts[status] += 1
    return Faces(*counts.values())


def by_check(tallies: Iterable[Tally], only: Collection[str] = CATALOGUE) -> dict[str, Faces]:
    """The sum over hosts of these checks. A host without subjects of the check's kind adds nothing."""
    hosts = list(tallies)
    sums: dict[str, Faces] = {}
    for kind, checks in CHECKS.items():
        counted = [tally for tally in hosts if has_subjects(tally, kind)]
        for name in checks:
            rows = [tally[name] for tally in counted if name in tally] if name in only else []
            if rows:
                sums[name] = _summed(rows)
    return sums


def has_subjects(tally: Tally, kind: str) -> bool:
    """Unless every check of the kind says that there is nothing; most often the first one answers."""
    return kind == Engine.kind or any(tally.get(name, EMPTY) != EMPTY for name in CHECKS[kind])


def _summed(rows: Iterable[list[int]]) -> Faces:
    """Column by column: a page does this with all checks of all hosts."""
    return Faces(*map(sum, zip(*rows, strict=True)))


class Section(NamedTuple):
    """One section of the benchmark on one host; `number` is "" for checks without a CIS number."""

    number: str
    faces: Faces


def by_section(tally: Tally) -> list[Section]:
    """Every section of the edition in order, those without a check with empty faces, then what has no number."""
    sums = dict.fromkeys((*SECTIONS, ""), Faces())
    for name, counts in tally.items():
        for section in _sections_of(name):
            sums[section] = sums[section].plus(counts)
    return [Section(number, faces) for number, faces in sums.items()]


def _sections_of(name: str) -> set[str]:
    """Of a check or an attested item; none of a name that this version has not."""
    if name in MANUAL:
        return {MANUAL[name].number.partition(".")[0]}
    if name not in CATALOGUE:
        return set()
    return {number.partition(".")[0] for number in CATALOGUE[name].cis.get(EDITION, ())} or {""}


def score_of(tally: Tally, accepted: Iterable[Severity] = ()) -> Score:
    """The host's score from its tally: what `scans.recording` computed, with what would be without the cap."""
    return weigh(_counted(tally), accepted)


def score_without(tally: Tally, severity: Severity, accepted: Iterable[Severity] = ()) -> Score:
    """The score if every failure of this severity were fixed."""
    counted = _counted(tally)
    counted[severity, Status.PASS] += counted[severity, Status.FAIL]
    counted[severity, Status.FAIL] = 0
    return weigh(counted, [each for each in accepted if each is not severity])


def severity_of(name: str) -> Severity | None:
    """The weight of a check or an attested item; None for a name that this version has not."""
    return SEVERITIES.get(name)


def attested(tally: Tally) -> list[tuple[Severity, Status]]:
    """What of a scan's score is not verdicts: what people attested when it was recorded."""
    return [
        (item.severity, status)
        for name, item in MANUAL.items()
        for status, count in zip(FACES, tally.get(name, ()), strict=False)
        if count
    ]


def _counted(tally: Tally) -> dict[Judged, int]:
    """How many verdicts of each severity and status."""
    rows: dict[Severity, list[list[int]]] = {severity: [] for severity in Severity}
    for name, counts in tally.items():
        if name in SEVERITIES:
            rows[SEVERITIES[name]].append(counts)
    sums = {severity: _summed(found) if found else Faces() for severity, found in rows.items()}
    return {
        (severity, status): count
        for severity, faces in sums.items()
        for status, count in zip(FACES, faces, strict=True)
    }
