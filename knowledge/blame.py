"""Which revision last wrote each line of an article, and which wrote in each block of it. Pure.

A line that stands unchanged keeps the revision that wrote it; one that was moved or wrapped anew was written anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

import msgspec

from knowledge import slicing
from knowledge.problems import Refused
from knowledge.source import Fence, Item, scan

METADATA = "---"
MAX_PAIRS = 500_000  # measured: a comparison of so many takes a fifth of a second


class Block(msgspec.Struct, frozen=True):
    """A paragraph, a list, a code block or several of them in a row that the same revisions wrote.

    `first` is its first line, counted from 1. `wrote` holds the revisions of its lines, newest first.
    """

    first: int
    text: str
    wrote: tuple[int, ...]

    @property
    def newest(self) -> int:
        return self.wrote[0]


class Part(msgspec.Struct, frozen=True):
    """A section: its anchor, its title and its blocks. The metadata stands first and has the anchor `---`."""

    anchor: str
    title: str
    level: int
    blocks: tuple[Block, ...]


def authorship(texts: Iterable[tuple[int, str]]) -> tuple[int, ...]:
    """The revision that wrote each line of the last text. `texts`: (number of the revision, body), oldest first."""
    lines: list[str] = []
    wrote: tuple[int, ...] = ()
    for number, body in texts:
        after = slicing.split(body)
        wrote = step(lines, wrote, after, number)
        lines = after
    return wrote


def step(before: Sequence[str], wrote: Sequence[int], after: Sequence[str], number: int) -> tuple[int, ...]:
    """The same after one more revision."""
    authors = [number] * len(after)
    for old, new, size in kept(before, after):
        authors[new : new + size] = wrote[old : old + size]
    return tuple(authors)


def kept(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Runs of lines that stand in both: (where before, where after, how many).

    What both begin and end with is compared once, only the rest by difflib: most changes are small.
    """
    head = _same(before, after)
    tail = _same(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    yield 0, 0, head
    for match in SequenceMatcher(None, old, new, autojunk=_is_crowded(old, new)).get_matching_blocks():
        yield head + match.a, head + match.b, match.size
    yield len(before) - tail, len(after) - tail, tail


def parts(body: str, wrote: Sequence[int]) -> tuple[Part, ...]:
    """The source by section, each in blocks. `wrote`: one revision a line, as `authorship` says."""
    lines = slicing.split(body)
    try:
        slices, items = slicing.slices(body), scan(body).items
    except Refused:
        return (Part("", "", 1, tuple(_blocks([(1, len(lines))], lines, wrote))),)
    spans = list(_spans(items, len(lines)))
    meta = Part(METADATA, "", 1, tuple(_blocks([(1, slices[0].first - 1)], lines, wrote)))
    sections = (
        Part(one.anchor, one.title, one.level, tuple(_blocks(_within(spans, one), lines, wrote))) for one in slices
    )
    return tuple(part for part in (meta, *sections) if part.blocks)


def _is_crowded(old: Sequence[str], new: Sequence[str]) -> bool:
    """So many pairs of equal lines that comparing all of them takes long: difflib may then leave out frequent ones."""
    there = Counter(new)
    return sum(count * there[line] for line, count in Counter(old).items()) > MAX_PAIRS


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines both begin with."""
    for count, (mine, theirs) in enumerate(zip(one, other, strict=False)):
        if mine != theirs:
            return count
    return min(len(one), len(other))


def _spans(items: Sequence[Item], total: int) -> Iterator[tuple[int, int]]:
    """First and last line of each block: what stands between blank lines, and code blocks whole."""
    begun = 0
    ends = [*(item.line for item in items[1:]), total + 1]
    for item, end in zip(items, ends, strict=True):
        blank = not isinstance(item, Fence) and not getattr(item, "text", "x").strip()
        alone = isinstance(item, Fence)
        if begun and (blank or alone):
            yield begun, item.line - 1
            begun = 0
        if alone:
            yield item.line, end - 1
        elif not blank and not begun:
            begun = item.line
    if begun:
        yield begun, total


def _within(spans: Sequence[tuple[int, int]], part: slicing.Slice) -> list[tuple[int, int]]:
    """A block that runs into the next heading without a blank line is cut there."""
    return [
        (max(first, part.first), min(last, part.last))
        for first, last in spans
        if first <= part.last and last >= part.first
    ]


def _blocks(spans: Sequence[tuple[int, int]], lines: Sequence[str], wrote: Sequence[int]) -> Iterator[Block]:
    """Blocks in a row that the same revisions wrote become one."""
    kept: list[tuple[int, int, tuple[int, ...]]] = []
    for first, last in spans:
        named = tuple(sorted({wrote[at] for at in range(first - 1, last) if lines[at].strip()}, reverse=True))
        if kept and kept[-1][2] == named:
            kept[-1] = (kept[-1][0], last, named)
        elif named:
            kept.append((first, last, named))
    return (Block(first, "\n".join(lines[first - 1 : last]).rstrip(), named) for first, last, named in kept)
