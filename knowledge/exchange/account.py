"""What reading a text changed, and what it left as it stood: both by line of the original."""

from __future__ import annotations

import msgspec

from secdash.facts.message import Message

SHORT = 160
BEFORE = 40


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
            start = _start(before, after)
            self.changes.append(Change(line, kind, _short(before, start), _short(after, start)))

    def keep(self, line: int, text: str, why: Message) -> None:
        self.kept.append(Kept(line, _short(text), why))

    def counts(self) -> dict[str, int]:
        """Kind → how many changes, most first."""
        kinds = [change.kind for change in self.changes]
        return {kind: kinds.count(kind) for kind in sorted(set(kinds), key=lambda kind: (-kinds.count(kind), kind))}


def _start(before: str, after: str) -> int:
    """From where to show both: a little before they differ, or all of them where they are short."""
    if max(len(before), len(after)) <= SHORT:
        return 0
    pairs = enumerate(zip(before, after, strict=False))
    same = next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))
    return max(same - BEFORE, 0)


def _short(text: str, start: int = 0) -> str:
    """What a reader needs of a line: of a long one, the place around its change."""
    end = start + SHORT
    return f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"
