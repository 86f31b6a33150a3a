"""What the tallies of scans add up to: per check over all hosts, per CIS section, and the score behind a score.

A tally maps a check to [pass, fail, unknown, not_applicable], as `scans.recording.tally` writes it. What people
attested stands beside the checks under the names of `benchmark_manual`, and weighs like them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import product
from typing import NamedTuple

from secdash.checks import CATALOGUE
from secdash.checks.benchmark_manual import MANUAL
from secdash.checks.outcome import Severity, Status
from secdash.findings.score import Judged, Score, weigh

Tally = Mapping[str, list[int]]
FACES = (Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE)
EMPTY = [0, 0, 0, 1]  # how a check says that there is nothing of its kind
EDITION = "1.6"
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
    sums: dict[str, list[int]] = {}
    for tally in tallies:
        nothing = _kinds_without_subjects(tally)
        for name in only:
            counts, entry = tally.get(name), CATALOGUE.get(name)
            if counts and entry and entry.kind not in nothing:
                sums[name] = [a + b for a, b in zip(sums[name], counts, strict=True)] if name in sums else counts
    return {name: Faces(*counts) for name, counts in sums.items()}


def _kinds_without_subjects(tally: Tally) -> set[str]:
    """The kinds of which every check says that there is nothing."""
    known = [(entry.kind, tally[entry.name]) for entry in CATALOGUE.values() if entry.name in tally]
    filled = {kind for kind, counts in known if counts != EMPTY}
    return {kind for kind, _ in known if kind != "engine"} - filled


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
    mended = {
        name: [counts[0] + counts[1], 0, *counts[2:]] if severity_of(name) is severity else counts
        for name, counts in tally.items()
    }
    return weigh(_counted(mended), [each for each in accepted if each is not severity])


def severity_of(name: str) -> Severity | None:
    """The weight of a check or an attested item; None for a name that this version has not."""
    entry = CATALOGUE.get(name) or MANUAL.get(name)
    return entry.severity if entry else None


def attested(tally: Tally) -> list[tuple[Severity, Status]]:
    """What of a scan's score is not verdicts: what people attested when it was recorded."""
    return [
        (item.severity, status)
        for name, item in MANUAL.items()
        for status, count in zip(FACES, tally.get(name, ()), strict=False)
        if count
    ]


def _counted(tally: Tally) -> dict[Judged, int]:
    """How many verdicts of each severity and status; one plain loop, for the overview asks it of every host twice."""
    counted: dict[Judged, int] = dict.fromkeys(product(Severity, FACES), 0)
    for name, counts in tally.items():
        severity = severity_of(name)
        if severity is not None:
            for status, count in zip(FACES, counts, strict=True):
                if count:
                    counted[severity, status] += count
    return counted
