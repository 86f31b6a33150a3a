"""Three texts become one: what both sides agree on, and where they do not, both of them. Pure.

`ours` is the text of whoever proposes, `theirs` what was published meanwhile, `base` what both began from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum

import msgspec
from merge3 import Merge3

from knowledge.metadata import RULE
from knowledge.slicing import split

Lines = tuple[str, ...]
PROSE = re.compile(r"(?!(?:[-*+]|\d+[.)])\s|[>|#~]|:::|```|\[\^)\S")  # no item, table, quotation, heading, code or note


class Choice(Enum):
    OURS = "ours"
    THEIRS = "theirs"
    BOTH = "both"


class Agreed(msgspec.Struct, frozen=True):
    lines: Lines


class Conflict(msgspec.Struct, frozen=True):
    """`between`: what has to stand between both, lest two paragraphs become one."""

    base: Lines
    ours: Lines
    theirs: Lines
    between: Lines = ()

    def lines(self, choice: Choice) -> Lines:
        """With both, ours come first."""
        if choice is Choice.BOTH:
            return self.ours + self.between + self.theirs
        return self.ours if choice is Choice.OURS else self.theirs


Chunk = Agreed | Conflict


def merge(base: str, ours: str, theirs: str) -> tuple[Chunk, ...]:
    """Line by line, and key by key where all three open with metadata."""
    parts = [_parted(text) for text in (base, ours, theirs)]
    if all(head is not None for head, _rest in parts):
        heads = _merged_heads(*(head or {} for head, _rest in parts))
        bodies = _merged(*(rest for _head, rest in parts))
        return _joined([Agreed((RULE,)), *heads, Agreed((RULE,)), *bodies])
    return _joined([*_merged(*(tuple(split(text)) for text in (base, ours, theirs)))])


def conflicts(chunks: Sequence[Chunk]) -> list[Conflict]:
    return [chunk for chunk in chunks if isinstance(chunk, Conflict)]


def put_together(chunks: Sequence[Chunk], settled: Sequence[Lines]) -> str:
    """The whole text; `settled` holds the lines that stand for each conflict, in order."""
    given = iter(settled)
    return "\n".join(line for chunk in chunks for line in (chunk.lines if isinstance(chunk, Agreed) else next(given)))


def chosen(chunks: Sequence[Chunk], choice: Choice) -> str:
    """The whole text with the same choice for every conflict."""
    return put_together(chunks, [conflict.lines(choice) for conflict in conflicts(chunks)])


def _merged(base: Lines, ours: Lines, theirs: Lines) -> Iterator[Chunk]:
    for group in Merge3(base, ours, theirs).merge_groups():
        if group[0] == "conflict":
            yield from _narrowed(Conflict(*(tuple(lines) for lines in group[1:])))
        else:
            yield Agreed(tuple(group[1]))


def _narrowed(conflict: Conflict) -> Iterator[Chunk]:
    """Lines that both wrote at the beginning or the end of a conflict are none."""
    ours, theirs = conflict.ours, conflict.theirs
    before = _common(ours, theirs)
    after = _common(ours[before:][::-1], theirs[before:][::-1])
    yield Agreed(ours[:before])
    yield Conflict(conflict.base, ours[before : len(ours) - after], theirs[before : len(theirs) - after])
    yield Agreed(ours[len(ours) - after :])


def _common(one: Lines, other: Lines) -> int:
    """How many lines both begin with."""
    return next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other))
    )


def _parted(text: str) -> tuple[dict[str, str] | None, Lines]:
    """The metadata as key → line, and the lines behind it; None where it is not one line for each of its keys."""
    lines = tuple(split(text))
    if RULE not in lines[1:] or lines[0] != RULE:
        return None, lines
    end = lines.index(RULE, 1)
    head = {line.partition(":")[0].strip(): line for line in lines[1:end]}
    if len(head) != end - 1 or not all(key and ":" in line for key, line in head.items()):
        return None, lines
    return head, lines[end + 1 :]


def _merged_heads(base: dict[str, str], ours: dict[str, str], theirs: dict[str, str]) -> Iterator[Chunk]:
    """In the order of whoever changed something; where both did, in theirs, with our new keys behind."""
    order = ours if theirs == base else theirs
    for key in dict.fromkeys([*order, *ours, *theirs]):
        yield _merged_line(*(_line(head, key) for head in (base, ours, theirs)))


def _merged_line(base: Lines, ours: Lines, theirs: Lines) -> Chunk:
    if ours in (theirs, base):
        return Agreed(theirs)
    return Agreed(ours) if theirs == base else Conflict(base, ours, theirs)


def _line(head: dict[str, str], key: str) -> Lines:
    return (head[key],) if key in head else ()


def _spaced(chunks: Sequence[Chunk]) -> Iterator[Chunk]:
    for before, chunk, after in zip([None, *chunks], chunks, [*chunks[1:], None], strict=False):
        if isinstance(chunk, Conflict) and _is_apart(before, -1) and _is_apart(after, 0) and _are_paragraphs(chunk):
            yield msgspec.structs.replace(chunk, between=("",))
        else:
            yield chunk


def _is_apart(neighbour: Chunk | None, at: int) -> bool:
    return neighbour is None or (isinstance(neighbour, Agreed) and not neighbour.lines[at])


def _are_paragraphs(conflict: Conflict) -> bool:
    sides = conflict.ours[-1:], conflict.theirs[:1]
    return all(line and PROSE.match(line[0]) for line in sides)


def _joined(chunks: Sequence[Chunk]) -> tuple[Chunk, ...]:
    """Agreed text in one piece between conflicts."""
    joined: list[Chunk] = []
    for chunk in chunks:
        last = joined[-1] if joined else None
        if isinstance(chunk, Agreed) and isinstance(last, Agreed):
            joined[-1] = Agreed(last.lines + chunk.lines)
        elif isinstance(chunk, Conflict) or chunk.lines:
            joined.append(chunk)
    return tuple(_spaced(joined))
