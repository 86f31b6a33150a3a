"""What reading a text changed, and what it left as it stood: both by line of the original."""

from __future__ import annotations

import msgspec

from secdash.facts.message import Message

SHORT = 160


class Change(msgspec.Struct, frozen=True):
    """`kind` is one word, the same for the same sort of mending, so that changes can be counted."""

    line: int
    kind: str
    before: str
    after: str


class Kept(msgspec.Struct, frozen=True):
    """What was not understood. It stands in the article as it was written."""

    line: int
    text: str
    why: Message


class Account(msgspec.Struct):
    changes: list[Change] = msgspec.field(default_factory=list)
    kept: list[Kept] = msgspec.field(default_factory=list)

    def changed(self, line: int, kind: str, before: str, after: str) -> None:
        if before != after:
            self.changes.append(Change(line, kind, _short(before), _short(after)))

    def keep(self, line: int, text: str, why: Message) -> None:
        self.kept.append(Kept(line, _short(text), why))

    def counts(self) -> dict[str, int]:
        """Kind → how many changes, most first."""
        kinds = [change.kind for change in self.changes]
        return {kind: kinds.count(kind) for kind in sorted(set(kinds), key=lambda kind: (-kinds.count(kind), kind))}


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"
