"""Where an article begins: at lettered headings, at a level, at the sections that a file of keys names, or nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from knowledge.exchange.headings import ROMAN, Block
from knowledge.exchange.keys import Keys
from knowledge.metadata import PARTS
from knowledge.problems import Refused
from secdash.facts.message import say

AUTO, LETTERS, KEYS = "auto", "letters", "keys"


class Piece(msgspec.Struct):
    """One article to be: what is carried over from headings above it, and its own blocks, the first with its heading.

    `path` is how its heading is numbered from the outside in (`II`, `B`).
    """

    carried: list[Block]
    blocks: list[Block]
    path: tuple[str, ...] = ()

    @property
    def part(self) -> str:
        return self.path[0] if self.path and self.path[0] in PARTS and len(self.path) > 1 else ""


def pieces(blocks: Sequence[Block], split: str, keys: Keys) -> list[Piece]:
    """In order, and together all of the text. Raises Refused where the text has no heading of the asked kind."""
    paths = _paths(blocks)
    begins = _begins(blocks, paths, split, keys)
    found: list[Piece] = []
    waiting: list[Block] = []
    for at, block in enumerate(blocks):
        if at in begins:
            found.append(Piece(waiting, [block], paths[at]))
            waiting = []
        elif found and not waiting and block.level > found[-1].blocks[0].level:
            found[-1].blocks.append(block)
        else:
            waiting.append(block)
    if waiting and found:
        found[-1].blocks += waiting
    elif waiting:
        found.append(Piece(waiting, []))
    return found


def _begins(blocks: Sequence[Block], paths: Sequence[tuple[str, ...]], split: str, keys: Keys) -> set[int]:
    if split == KEYS:
        return {at for at, block in enumerate(blocks) if block.head and keys.key(paths[at], block.head.title)}
    level = _level(blocks, split)
    return {at for at, block in enumerate(blocks) if block.head and _begins_here(blocks, at, level)}


def _begins_here(blocks: Sequence[Block], at: int, level: int) -> bool:
    """A heading above the level begins an article unless one below it does: then it only holds them together."""
    here = blocks[at].level
    if here >= level:
        return here == level
    following = next((block.level for block in blocks[at + 1 :] if block.level <= level), 0)
    return following <= here


def _level(blocks: Sequence[Block], split: str) -> int:
    lettered = _lettered(blocks)
    top = min((block.level for block in blocks if block.head), default=1)
    if split == LETTERS and not lettered:
        raise Refused(say("The text has no headings that are numbered A, B, C; choose another level to split at."))
    if split in (LETTERS, AUTO):
        return lettered or top
    if all(block.level != int(split) for block in blocks):
        raise Refused(say("The text has no headings of level %(level)s; choose another one to split at.", level=split))
    return int(split)


def _lettered(blocks: Sequence[Block]) -> int:
    """The level whose headings are numbered A, B, C under Roman ones; 0 where there is none."""
    numbers: dict[int, set[str]] = {}
    for block in blocks:
        if block.head and block.head.number:
            numbers.setdefault(block.level, set()).add(block.head.number)
    for above, level in pairwise(sorted(numbers)):
        if {"A", "B"} <= numbers[level] and any(ROMAN.fullmatch(number) for number in numbers[above]):
            return level
    return 0


def _paths(blocks: Sequence[Block]) -> list[tuple[str, ...]]:
    """How each heading is numbered, with the numbers of those it stands under."""
    above: list[tuple[int, str]] = []
    paths = []
    for block in blocks:
        while above and block.head and above[-1][0] >= block.level:
            above.pop()
        if block.head:
            above.append((block.level, block.head.number))
        paths.append(tuple(number for _level, number in above if number) if block.head and block.head.number else ())
    return paths
