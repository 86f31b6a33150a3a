"""What a check looks at that nobody asked for: it is judged on a snapshot that notes each look at such a fact.

A verdict alone would not tell: a check may look at a fact, find it unknown and answer from the others, another way than
it would have answered from all of them.
"""

from __future__ import annotations

from typing import Any

from secdash.checks.engine import Check
from secdash.facts.model import HostFacts, Record, Snapshot, Subject, Unknown
from secdash.facts.unasked import Part, part_of


def missed(entry: Check, subject: Subject, snapshot: Snapshot) -> frozenset[Part]:
    """The parts that the check looked for on this subject and that were not asked for; none, and its word is good."""
    noted: set[Part] = set()
    entry.judge(_Watched(subject, noted), _Watched(snapshot, noted))  # type: ignore[arg-type]  # they pass for both
    return frozenset(noted)


class _Watched:
    """Passes for the record behind it, and notes what was looked at and not asked for. So do the records in it."""

    def __init__(self, record: Record, noted: set[Part]) -> None:
        self._record = record
        self._noted = noted

    @property  # type: ignore[misc]  # isinstance sees the record's
    def __class__(self) -> type:
        return type(self._record)

    def __getattr__(self, name: str) -> Any:
        if isinstance(self._record, HostFacts) and name in ("files", "unread"):
            self._note(*(why for _role, why in self._record.unread))
        value = getattr(self._record, name)
        if isinstance(value, Unknown):
            self._note(value)
        if isinstance(value, tuple):
            return tuple(self._watched(item) for item in value)
        return self._watched(value)

    def __eq__(self, other: object) -> bool:
        return self._record == (other._record if type(other) is _Watched else other)

    def __hash__(self) -> int:
        return hash(self._record)

    def _watched(self, value: Any) -> Any:
        return _Watched(value, self._noted) if isinstance(value, WATCHED) else value

    def _note(self, *unknown: Unknown) -> None:
        self._noted.update(part for part in map(part_of, unknown) if part)


WATCHED = (*Subject.__args__, HostFacts)
