"""What a check says of one subject, and the short words to say it with."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum

import msgspec

from secdash.facts.message import Message

Evidence = tuple[tuple[str, object], ...]


class Status(StrEnum):
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Severity(IntEnum):
    """Ordered, so that the worst sorts last; `word` is how it is written everywhere outside the database."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        return self.name.lower()


INFO, LOW, MEDIUM, HIGH, CRITICAL = Severity


class Outcome(msgspec.Struct, frozen=True):
    """A status, the reason where there is one, and the evidence: (path in the Engine's answer, value seen) pairs."""

    status: Status
    reason: Message | None = None
    evidence: Evidence = ()


def fails_if(bad: bool, reason: Message, seen: Mapping[str, object]) -> Outcome:
    """Fail with the reason, or pass; the evidence is kept either way."""
    evidence = tuple(seen.items())
    return Outcome(Status.FAIL, reason, evidence) if bad else Outcome(Status.PASS, None, evidence)


def passes(seen: Mapping[str, object]) -> Outcome:
    return Outcome(Status.PASS, None, tuple(seen.items()))


def unknown(reason: Message, seen: Mapping[str, object] | None = None) -> Outcome:
    return Outcome(Status.UNKNOWN, reason, tuple((seen or {}).items()))


def not_applicable(reason: Message) -> Outcome:
    return Outcome(Status.NOT_APPLICABLE, reason)
