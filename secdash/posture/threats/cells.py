"""One cell of the matrix: how a host or a group stands on one risk."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from secdash.checks.outcome import Severity


class Stand(StrEnum):
    """The worst first. Not assessed is its own word: it never looks like mitigated."""

    OPEN = "open"
    ACCEPTED = "accepted"
    MITIGATED = "mitigated"
    UNASSESSED = "unassessed"


class Worst(NamedTuple):
    """The worst finding behind a cell; `finding` is None where the cell is of several hosts."""

    severity: Severity
    number: int
    check: str
    finding: int | None


class Held(NamedTuple):
    """Findings that stand on a risk: how many are open and accepted, and the worst of each."""

    open: int = 0
    accepted: int = 0
    worst_open: Worst | None = None
    worst_accepted: Worst | None = None

    def with_all(self, other: Held) -> Held:
        return Held(
            self.open + other.open,
            self.accepted + other.accepted,
            _worse(self.worst_open, other.worst_open),
            _worse(self.worst_accepted, other.worst_accepted),
        )


class Cell(NamedTuple):
    """`unknown` counts verdicts that are unknown, `passed` those that pass, on all subjects and checks of the risk."""

    stand: Stand
    held: Held
    passed: int = 0
    unknown: int = 0

    @property
    def worst(self) -> Worst | None:
        return self.held.worst_open or self.held.worst_accepted

    @property
    def number(self) -> int:
        return self.held.open or self.held.accepted

    @property
    def is_partly_unknown(self) -> bool:
        return self.unknown > 0 and self.stand is not Stand.UNASSESSED


UNASSESSED = Cell(Stand.UNASSESSED, Held())


def cell(counts: tuple[int, int, int], stands: Held) -> Cell:
    """From how many verdicts pass, fail and are unknown, and what stands of findings.

    A failure without a finding is one that a scan recorded while the page was read: it counts as not assessed, for
    nothing yet says whether it is open or accepted.
    """
    passed, failed, unknown = counts
    if stands.open:
        return Cell(Stand.OPEN, stands, passed, unknown)
    if stands.accepted:
        return Cell(Stand.ACCEPTED, stands, passed, unknown)
    stand = Stand.MITIGATED if passed and not failed else Stand.UNASSESSED
    return Cell(stand, stands, passed, unknown)


def held(opened: Sequence[Worst], accepted: Sequence[Worst]) -> Held:
    """From findings that are open and accepted, counted by check."""
    return Held(
        sum(each.number for each in opened),
        sum(each.number for each in accepted),
        min(opened, key=_order, default=None),
        min(accepted, key=_order, default=None),
    )


def _worse(one: Worst | None, other: Worst | None) -> Worst | None:
    return min((each for each in (one, other) if each), key=_order, default=None)


def _order(worst: Worst) -> tuple[int, int, str]:
    """Among equals of severity the check with most findings, then by name, so that a page stays as it is."""
    return -worst.severity, -worst.number, worst.check
