"""A diff as it is shown: rows with their sign, the changed words of a line set apart from the rest of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple, Protocol

SIGNS = {"add": "+", "del": "−", "same": " "}
KINDS = {"+": "add", "-": "del", " ": "same", "added": "add", "removed": "del", "delete": "del", "remove": "del"}
KINDS |= {"insert": "add", "context": "same", "equal": "same", "keep": "same"}
WORD = re.compile(r"\w[\w.]*|\s+|[^\w\s]")
VALUE = re.compile(r"^(\s*(?:- )?(?:[\w.-]+:\s+)?)(.*)$", re.DOTALL)


class Line(Protocol):
    """What a row is made of; `kind` says add, del or same, `checks` names the checks the line settles."""

    @property
    def kind(self) -> str: ...
    @property
    def old_no(self) -> int | None: ...
    @property
    def new_no(self) -> int | None: ...
    @property
    def text(self) -> str: ...
    @property
    def checks(self) -> Sequence[str]: ...


class Piece(NamedTuple):
    text: str
    changed: bool


class Row(NamedTuple):
    kind: str
    sign: str
    old_no: int | None
    new_no: int | None
    pieces: list[Piece]
    checks: tuple[str, ...]


def kind_of(line: Line) -> str:
    name = str(line.kind).lower()
    name = KINDS.get(name, name)
    return name if name in SIGNS else "same"


def rows(lines: Iterable[Line]) -> list[Row]:
    given = list(lines)
    partners = _partners([kind_of(line) for line in given])
    return [_row(line, given[partners[i]].text if i in partners else None) for i, line in enumerate(given)]


def _row(line: Line, other: str | None) -> Row:
    kind = kind_of(line)
    pieces = [Piece(line.text, False)]
    if kind != "same":
        pieces = _changed(line.text, other) if other is not None else _alone(line)
    return Row(kind, SIGNS[kind], line.old_no, line.new_no, pieces, tuple(line.checks))


def _partners(kinds: list[str]) -> dict[int, int]:
    """Which taken line became which put line: only where a run of one is followed by as many of the other."""
    pairs: dict[int, int] = {}
    start = 0
    while start < len(kinds):
        taken = _run(kinds, start, "del")
        put = _run(kinds, start + taken, "add")
        if taken and taken == put:
            for i in range(start, start + taken):
                pairs[i], pairs[i + taken] = i + taken, i
        start += max(1, taken + put)
    return pairs


def _run(kinds: list[str], start: int, kind: str) -> int:
    end = start
    while end < len(kinds) and kinds[end] == kind:
        end += 1
    return end - start


def _alone(line: Line) -> list[Piece]:
    """A line without a partner: the value that settles a check is set apart, the rest of the line is its setting."""
    if not line.checks:
        return [Piece(line.text, False)]
    match = VALUE.match(line.text)
    lead, value = match.groups() if match else ("", line.text)
    return _joined([Piece(lead, False), Piece(value, True)])


def _changed(text: str, other: str) -> list[Piece]:
    mine, theirs = WORD.findall(text), WORD.findall(other)
    pieces: list[Piece] = []
    for tag, start, end, _, _ in SequenceMatcher(a=mine, b=theirs, autojunk=False).get_opcodes():
        pieces.append(Piece("".join(mine[start:end]), tag != "equal"))
    return _joined(pieces)


def _joined(pieces: list[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.text]
