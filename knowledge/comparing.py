"""Two texts of an article, line by line: what was taken away, what came, and where. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Sequence

import msgspec

from knowledge.aligning import Span, align
from knowledge.pairing import Bag, partners, shared
from knowledge.places import Place, places
from knowledge.slicing import split

CONTEXT = 3
SHORTEST_FOLD = 4  # fewer unchanged lines are shown and not folded
LINE_BUDGET = 30_000  # comparisons for the words of one line: there may be thousands of lines
WORD = re.compile(r"\w+|\s+|[^\w\s]")


class Piece(msgspec.Struct, frozen=True):
    text: str
    changed: bool = False


class Side(msgspec.Struct, frozen=True):
    """A line as it stands on one side, numbered from 1."""

    number: int
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


class Row(msgspec.Struct, frozen=True):
    """The same line on both sides, a changed one, or one that only one side has."""

    old: Side | None
    new: Side | None
    same: bool = False


class UnifiedRow(msgspec.Struct, frozen=True):
    """`kind` says same, del or add; the numbers are those of the sides that have the line."""

    kind: str
    old_number: int | None
    new_number: int | None
    pieces: tuple[Piece, ...]


class Block(msgspec.Struct, frozen=True):
    """Rows that stand together; `folded` are unchanged ones that are shown when asked for."""

    rows: tuple[Row, ...]
    place: Place
    folded: bool = False

    @property
    def unified(self) -> list[UnifiedRow]:
        return list(_unified(self.rows))


class Comparison(msgspec.Struct, frozen=True):
    """`touched` are the sections with a changed line, in the order of the texts."""

    blocks: tuple[Block, ...]
    added: int
    removed: int
    touched: tuple[Place, ...]

    @property
    def same(self) -> bool:
        return not (self.added or self.removed)


def compare(old: str, new: str, *, shown: Collection[int] = ()) -> Comparison:
    """`shown` are lines of the new text that are not folded away, changed or not."""
    old_lines, new_lines = split(old), split(new)
    rows = tuple(_rows(old_lines, new_lines))
    old_places, new_places = places(old), places(new)
    where = [_place(row, old_places, new_places) for row in rows]
    return Comparison(
        blocks=tuple(_blocks(rows, where, shown)),
        added=sum(row.new is not None for row in rows if not row.same),
        removed=sum(row.old is not None for row in rows if not row.same),
        touched=tuple(dict.fromkeys(place for row, place in zip(rows, where, strict=True) if not row.same)),
    )


def words(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both lines in pieces, those that differ marked."""
    before, after = WORD.findall(old), WORD.findall(new)
    spans = align(before, after, junk=_is_space, budget=LINE_BUDGET)
    return (
        _joined(Piece("".join(before[span.start : span.stop]), not span.same) for span in spans),
        _joined(Piece("".join(after[span.new_start : span.new_stop]), not span.same) for span in spans),
    )


# --- lines ----------------------------------------------------------------------------------------------------------


def _rows(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    for span in align(old, new, junk=_is_space):
        if span.same:
            for index in range(span.stop - span.start):
                yield _same(span.start + index, span.new_start + index, old[span.start + index])
        else:
            yield from _changed(span, old, new)


def _same(at: int, new_at: int, text: str) -> Row:
    pieces = _joined([Piece(text)])
    return Row(Side(at + 1, pieces), Side(new_at + 1, pieces), same=True)


def _changed(span: Span, old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    """Pairs of changed lines, and between them those that only one side has."""
    at, new_at = span.start, span.new_start
    for here, new_here in [*_partners(span, old, new), (span.stop, span.new_stop)]:
        yield from _unpaired(Span(False, at, here, new_at, new_here), old, new)
        if here < span.stop:
            before, after = words(old[here], new[new_here])
            yield Row(Side(here + 1, before), Side(new_here + 1, after))
        at, new_at = here + 1, new_here + 1


def _unpaired(span: Span, old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    """Lines that stand on one side only, behind the empty ones that stand on both."""
    at, new_at = span.start, span.new_start
    while at < span.stop and new_at < span.new_stop and old[at] == new[new_at]:
        yield _same(at, new_at, old[at])
        at, new_at = at + 1, new_at + 1
    yield from (Row(_alone(index, old[index]), None) for index in range(at, span.stop))
    yield from (Row(None, _alone(index, new[index])) for index in range(new_at, span.new_stop))


def _alone(at: int, text: str) -> Side:
    return Side(at + 1, _joined([Piece(text, True)]))


def _partners(span: Span, old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    lines, new_lines = range(span.start, span.stop), range(span.new_start, span.new_stop)
    bags, new_bags = {at: _bag(old[at]) for at in lines}, {at: _bag(new[at]) for at in new_lines}
    return partners(lines, new_lines, lambda at, place: shared(bags[at], new_bags[place]))


def _bag(line: str) -> Bag:
    return Counter(word for word in WORD.findall(line) if not word.isspace())


def _is_space(item: Hashable) -> bool:
    return not str(item).strip()


def _joined(pieces: Iterator[Piece] | Sequence[Piece]) -> tuple[Piece, ...]:
    return tuple(piece for piece in pieces if piece.text)


# --- what is shown and what is folded -------------------------------------------------------------------------------


def _place(row: Row, old: Sequence[Place], new: Sequence[Place]) -> Place:
    if row.new is not None:
        return new[row.new.number - 1]
    return old[row.old.number - 1] if row.old is not None else Place()


def _blocks(rows: Sequence[Row], where: Sequence[Place], shown: Collection[int]) -> Iterator[Block]:
    visible = _visible(rows, shown)
    start = 0
    while start < len(rows):
        stop = next((at for at in range(start, len(rows)) if visible[at] != visible[start]), len(rows))
        place = next((where[at] for at in range(start, stop) if not rows[at].same), where[start])
        yield Block(tuple(rows[start:stop]), place, folded=not visible[start])
        start = stop


def _visible(rows: Sequence[Row], shown: Collection[int]) -> list[bool]:
    visible = [False] * len(rows)
    for at, row in enumerate(rows):
        if not row.same or (row.new is not None and row.new.number in shown):
            for near in range(max(0, at - CONTEXT), min(len(rows), at + CONTEXT + 1)):
                visible[near] = True
    for start, stop in _runs(visible):
        if stop - start < SHORTEST_FOLD:
            visible[start:stop] = [True] * (stop - start)
    return visible


def _runs(visible: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where nothing is visible, from and up to."""
    start = 0
    for at, seen in enumerate([*visible, True]):
        if seen:
            if at > start:
                yield start, at
            start = at + 1


def _unified(rows: Sequence[Row]) -> Iterator[UnifiedRow]:
    """What was taken away before what came, run by run."""
    came: list[UnifiedRow] = []
    for row in rows:
        if row.same and row.old and row.new:
            yield from came
            came = []
            yield UnifiedRow("same", row.old.number, row.new.number, row.new.pieces)
            continue
        if row.old:
            yield UnifiedRow("del", row.old.number, None, row.old.pieces)
        if row.new:
            came.append(UnifiedRow("add", None, row.new.number, row.new.pieces))
    yield from came
