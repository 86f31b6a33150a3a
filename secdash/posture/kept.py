"""What pages need of the tallies of finished scans: made once of each, then kept in this process.

The tally of a finished scan never changes, and the tallies of 1,000 hosts are megabytes of JSON: pages over all hosts
read what is kept instead. It is numbers and bytes, which the garbage collector does not walk.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

from secdash.checks import CATALOGUE
from secdash.checks.outcome import Severity
from secdash.checks.risks import RISKS
from secdash.posture.tallies import CHECKS, Faces, Tally, has_subjects, severity_of
from secdash.scans.models import Scan

MOST = 20_000
AT_ONCE = 500
PLACE = {risk: place for place, risk in enumerate(RISKS)}
OF_CHECK: Mapping[str, tuple[int, ...]] = {
    name: tuple(PLACE[risk] for risk in check.risks if risk in PLACE) for name, check in CATALOGUE.items()
}
Three = tuple[int, int, int]  # how many pass, fail, are unknown
Identity = tuple[int, datetime | None]  # a scan's id, and when its host was seen: a database may be made anew


class Sums(NamedTuple):
    """`risks` in the order of the catalogue of risks, `severities` from info up; each has three numbers a place."""

    risks: tuple[int, ...]
    severities: tuple[int, ...]

    def of_risk(self, place: int) -> Three:
        return _three(self.risks, place)

    def of_severity(self, severity: Severity) -> Three:
        return _three(self.severities, int(severity))


NOTHING = Sums((0, 0, 0) * len(RISKS), (0, 0, 0) * len(Severity))
T = TypeVar("T")


class OfScans(Generic[T]):
    """What `make` gives for a scan's tally and the version of its Engine, kept by scan."""

    def __init__(self, make: Callable[[Tally, str], T]) -> None:
        self._make = make
        self._kept: dict[Identity, T] = {}
        self._lock = Lock()

    def of(self, scans: Iterable[Identity]) -> dict[int, T]:
        """By the scan's id. No query but for the tallies of those that nobody asked for before."""
        asked = list(scans)
        with self._lock:
            found = {identity[0]: self._kept[identity] for identity in asked if identity in self._kept}
        missing = [(pk, at) for pk, at in asked if pk not in found]
        for start in range(0, len(missing), AT_ONCE):
            found |= self._read(missing[start : start + AT_ONCE])
        return found

    def _read(self, identities: list[Identity]) -> dict[int, T]:
        at = dict(identities)
        rows = Scan.objects.filter(pk__in=at).values_list("pk", "tally", "engine_version")
        made = {pk: self._make(tally, version) for pk, tally, version in rows}
        with self._lock:
            if len(self._kept) > MOST:
                self._kept.clear()
            self._kept.update({(pk, at[pk]): each for pk, each in made.items()})
        return made


def added_up(tally: Tally) -> Sums:
    """A check counts in each risk that it watches; what people attested counts in its severity alone."""
    risks, severities = list(NOTHING.risks), list(NOTHING.severities)
    for name, counts in tally.items():
        for place in OF_CHECK.get(name, ()):
            _add(risks, place, counts)
        severity = severity_of(name)
        if severity is not None:
            _add(severities, int(severity), counts)
    return Sums(tuple(risks), tuple(severities))


def together(sums: Iterable[Sums]) -> Sums:
    """Of several hosts."""
    several = list(sums)
    if not several:
        return NOTHING
    risks, severities = zip(*several, strict=True)
    return Sums(tuple(map(sum, zip(*risks, strict=True))), tuple(map(sum, zip(*severities, strict=True))))


WHERE = {name: place for place, name in enumerate(CATALOGUE)}
A_CHECK = 16  # bytes: four numbers of four each
WIDTH = A_CHECK * len(WHERE)


def packed(tally: Tally) -> int:
    """The numbers of all checks side by side as one, so that adding two of these adds all of them."""
    row = array("I", bytes(WIDTH))
    for kind, checks in CHECKS.items():
        if has_subjects(tally, kind):
            for name in checks:
                row[4 * WHERE[name] : 4 * WHERE[name] + 4] = array("I", tally.get(name, (0, 0, 0, 0)))
    return int.from_bytes(row.tobytes(), sys.byteorder)


def unpacked(number: int) -> dict[str, Faces]:
    """Per check; those that judged nothing are left out, as `tallies.by_check` does."""
    row = array("I")
    row.frombytes(number.to_bytes(WIDTH, sys.byteorder))
    faces = {name: Faces(*row[4 * place : 4 * place + 4]) for name, place in WHERE.items()}
    return {name: each for name, each in faces.items() if any(each)}


def faces_of(scans: Iterable[Identity]) -> dict[str, Faces]:
    """The sum over these scans, per check."""
    return unpacked(sum(_packed.of(scans).values()))


def faces_by_scan(scans: Iterable[Identity], check: str) -> dict[int, Faces]:
    """One check in each of these scans, by the scan's id; a scan that judged nothing by it is left out."""
    found = {pk: _faces_at(number, WHERE[check]) for pk, number in _packed.of(scans).items()}
    return {pk: faces for pk, faces in found.items() if faces.judged}


def _faces_at(number: int, place: int) -> Faces:
    row = array("I")
    row.frombytes(number.to_bytes(WIDTH, sys.byteorder)[A_CHECK * place : A_CHECK * (place + 1)])
    return Faces(*row)


def _add(numbers: list[int], place: int, counts: list[int]) -> None:
    for column in range(3):
        numbers[3 * place + column] += counts[column]


def _three(numbers: tuple[int, ...], place: int) -> Three:
    passed, failed, unknown = numbers[3 * place : 3 * place + 3]
    return passed, failed, unknown


_packed = OfScans(lambda tally, _version: packed(tally))
_sums = OfScans(lambda tally, _version: added_up(tally))
sums_of = _sums.of
