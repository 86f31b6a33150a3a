"""What the tally of a finished scan adds up to by risk and by severity: computed once, then kept in this process.

The tally of a finished scan never changes, and the tallies of 1,000 hosts are megabytes of JSON: pages over all hosts
read the sums instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from threading import Lock
from typing import NamedTuple

from secdash.checks import CATALOGUE
from secdash.checks.outcome import Severity
from secdash.checks.risks import RISKS
from secdash.posture.tallies import Tally, severity_of
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
_kept: dict[Identity, Sums] = {}
_lock = Lock()


def sums_of(scans: Iterable[Identity]) -> dict[int, Sums]:
    """By the scan's id. No query but for the tallies of those that nobody asked for before."""
    asked = list(scans)
    with _lock:
        found = {identity[0]: _kept[identity] for identity in asked if identity in _kept}
    missing = [(pk, at) for pk, at in asked if pk not in found]
    for start in range(0, len(missing), AT_ONCE):
        found |= _read(missing[start : start + AT_ONCE])
    return found


def _read(identities: list[Identity]) -> dict[int, Sums]:
    at = dict(identities)
    made = {pk: added_up(tally) for pk, tally in Scan.objects.filter(pk__in=at).values_list("pk", "tally")}
    with _lock:
        if len(_kept) > MOST:
            _kept.clear()
        _kept.update({(pk, at[pk]): sums for pk, sums in made.items()})
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


def _add(numbers: list[int], place: int, counts: list[int]) -> None:
    for column in range(3):
        numbers[3 * place + column] += counts[column]


def _three(numbers: tuple[int, ...], place: int) -> Three:
    passed, failed, unknown = numbers[3 * place : 3 * place + 3]
    return passed, failed, unknown
