"""An article that is longer than the guide takes goes on in a second one, cut where a section or paragraph ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from knowledge.exchange import front
from knowledge.exchange.account import Account
from knowledge.exchange.drafts import Draft
from knowledge.exchange.headings import HEADING
from knowledge.exchange.lines import Line
from knowledge.source import MAX_CHARACTERS, MAX_ITEMS, MAX_LINES

ROOM = 2_000  # for the metadata
CHARACTERS, LINES, ITEMS = MAX_CHARACTERS - ROOM, MAX_LINES - 20, MAX_ITEMS // 2


class Size(msgspec.Struct, frozen=True):
    characters: int = 0
    lines: int = 0
    items: int = 0

    def __add__(self, other: Size) -> Size:
        return Size(self.characters + other.characters, self.lines + other.lines, self.items + other.items)

    @property
    def fits(self) -> bool:
        return self.characters <= CHARACTERS and self.lines <= LINES and self.items <= ITEMS


def fitting(drafts: Sequence[Draft], account: Account) -> list[Draft]:
    return [part for draft in drafts for part in _parts(draft, account)]


def _parts(draft: Draft, account: Account) -> Iterator[Draft]:
    if _size(draft.lines).fits:
        yield draft
        return
    for number, lines in enumerate(_packed(_sections(draft.lines)), 1):
        if number == 1:
            yield Draft(draft.key, draft.meta, lines, draft.anchors)
            continue
        title = f"{front.cut(draft.meta.title, 'title')[:190]} ({number})"
        account.changed(lines[0].number, "size", draft.meta.title, title)
        meta = msgspec.structs.replace(draft.meta, title=title)
        yield Draft(f"{draft.key}-{number}", meta, lines, {})


def _packed(units: Sequence[list[Line]]) -> Iterator[list[Line]]:
    """As many units as fit; a section that does not fit alone is cut between its paragraphs."""
    current: list[Line] = []
    size = Size()
    for unit in units:
        more = _size(unit)
        if current and not (size + more).fits:
            yield current
            current, size = [], Size()
        if not more.fits and len(paragraphs := _paragraphs(unit)) > 1:
            *whole, current = _packed(paragraphs)
            yield from whole
            size = _size(current)
        else:
            current, size = [*current, *unit], size + more
    if current:
        yield current


def _sections(lines: Sequence[Line]) -> list[list[Line]]:
    units: list[list[Line]] = [[]]
    for line in lines:
        if not line.code and HEADING.fullmatch(line.text):
            units.append([])
        units[-1].append(line)
    return [unit for unit in units if unit]


def _paragraphs(lines: Sequence[Line]) -> list[list[Line]]:
    units: list[list[Line]] = [[]]
    for line in lines:
        units[-1].append(line)
        if line.blank and not line.code:
            units.append([])
    return [unit for unit in units if unit]


def _size(lines: Sequence[Line]) -> Size:
    items = sum(line.code or line.text.startswith(("#", ":::")) for line in lines)
    return Size(sum(len(line.text) + 1 for line in lines), len(lines), items)
