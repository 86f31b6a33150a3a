"""A comparison as a page shows it: side by side, unified or rendered, with what was said at its lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import groupby

import msgspec
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from knowledge import pages
from knowledge.comparing import Block, Comparison, Row, UnifiedRow, compare
from knowledge.comparing_rendered import ComparedSection, compare_rendered
from knowledge.places import Place
from knowledge.rendering import Refused, render
from knowledge.talking import Thread
from secdash.checks import CATALOGUE
from secdash.facts.message import Message


class View(StrEnum):
    SIDE = "side"
    UNIFIED = "unified"
    RENDERED = "rendered"
    PREVIEW = "preview"


VIEW_NAMES: dict[View, Promise] = {
    View.SIDE: _("Side by side"),
    View.UNIFIED: _("Unified"),
    View.RENDERED: _("Rendered"),
    View.PREVIEW: _("Preview"),
}


class Tab(msgspec.Struct, frozen=True):
    label: Promise
    url: str
    current: bool


class Line(msgspec.Struct, frozen=True):
    """A row and what belongs under it: threads, and the form where a comment is being written."""

    row: Row | UnifiedRow
    number: int | None
    threads: Sequence[Thread] = ()
    writing: bool = False


class ShownBlock(msgspec.Struct, frozen=True):
    place: Place
    folded: bool
    lines: tuple[Line, ...]


class ShownSection(msgspec.Struct, frozen=True):
    anchor: str
    heading: SafeString
    html: SafeString
    change: str


class ShownSections(msgspec.Struct, frozen=True):
    """Changed sections, or a run of unchanged ones that is folded."""

    folded: bool
    sections: tuple[ShownSection, ...]


class Shown(msgspec.Struct, frozen=True):
    """`refused` says why a text cannot be rendered; the source is compared whatever it holds.

    `preview` is the new text alone, as it would be read.
    """

    view: View
    tabs: tuple[Tab, ...]
    comparison: Comparison
    blocks: tuple[ShownBlock, ...] = ()
    sections: tuple[ShownSections, ...] = ()
    refused: Message | None = None
    preview: pages.Text | None = None


COMPARING = (View.SIDE, View.UNIFIED, View.RENDERED)


def view_of(query: QueryDict, views: Sequence[View]) -> View:
    name = query.get("view", "")
    return View(name) if name in views else View.SIDE


def shown(
    old: str, new: str, query: QueryDict, *, threads: Mapping[int, Sequence[Thread]] | None = None, writing: int = 0
) -> Shown:
    """`threads` by the line of the new text that they stand at; `writing` is the line that is being commented on."""
    view, at_lines = view_of(query, COMPARING), threads or {}
    open_lines = {line for line, found in at_lines.items() if not all(thread.resolved for thread in found)}
    comparison = compare(old, new, shown={*open_lines, writing})
    page = Shown(view, _tabs(query, COMPARING, view), comparison)
    if view == View.RENDERED:
        return _rendered(page, old, new)
    return msgspec.structs.replace(page, blocks=_blocks(comparison, view, at_lines, writing))


def shown_with_preview(
    old: str, new: str, query: QueryDict, language: str, *, threads: Mapping[int, Sequence[Thread]], writing: int
) -> Shown:
    """The same with one view more: the new text as it would be read."""
    page = shown(old, new, query, threads=threads, writing=writing)
    view = view_of(query, tuple(View))
    page = msgspec.structs.replace(page, view=view, tabs=_tabs(query, tuple(View), view))
    return _previewed(page, new, language) if view == View.PREVIEW else page


def _rendered(page: Shown, old: str, new: str) -> Shown:
    try:
        before, after = (render(body, checks=CATALOGUE) for body in (old, new))
    except Refused as refused:
        return msgspec.structs.replace(page, refused=refused.message)
    return msgspec.structs.replace(page, sections=tuple(_sections(compare_rendered(before, after))))


def _previewed(page: Shown, new: str, language: str) -> Shown:
    try:
        return msgspec.structs.replace(page, preview=pages.text(render(new, checks=CATALOGUE).sections, language))
    except Refused as refused:
        return msgspec.structs.replace(page, refused=refused.message)


def _tabs(query: QueryDict, views: Sequence[View], current: View) -> tuple[Tab, ...]:
    return tuple(Tab(VIEW_NAMES[view], with_query(query, view=view), view is current) for view in views)


def with_query(query: QueryDict, **values: str) -> str:
    """The page's own address with other values; a line that was being commented on is left."""
    changed = query.copy()
    changed.pop("line", None)
    for name, value in values.items():
        changed[name] = value
    return f"?{changed.urlencode()}"


def _blocks(
    comparison: Comparison, view: View, threads: Mapping[int, Sequence[Thread]], writing: int
) -> tuple[ShownBlock, ...]:
    return tuple(
        ShownBlock(
            block.place, block.folded, tuple(_line(row, number, threads, writing) for row, number in _rows(block, view))
        )
        for block in comparison.blocks
    )


def _rows(block: Block, view: View) -> list[tuple[Row | UnifiedRow, int | None]]:
    """With the number that each row has in the new text."""
    if view == View.UNIFIED:
        return [(row, row.new_number) for row in block.unified]
    return [(row, row.new.number if row.new else None) for row in block.rows]


def _line(row: Row | UnifiedRow, number: int | None, threads: Mapping[int, Sequence[Thread]], writing: int) -> Line:
    if number is None:
        return Line(row, None)
    return Line(row, number, threads.get(number, ()), number == writing)


def _sections(sections: Iterable[ComparedSection]) -> Iterator[ShownSections]:
    for folded, run in groupby(sections, lambda section: section.change == "same"):
        yield ShownSections(folded, tuple(map(_section, run)))


def _section(section: ComparedSection) -> ShownSection:
    heading, html = mark_safe(section.heading), mark_safe(section.html)  # noqa: S308 - sanitised after comparing
    return ShownSection(section.anchor, heading, html, section.change)
