"""What the guide's pages show, put together from stored sections or from a rendering just made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Protocol

import msgspec
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from knowledge.live import Blocks, Piece, pieces, together_url
from knowledge.models import Article
from knowledge.rendering import NOTES

PART_TITLES = {
    "": _("Around the guide"),
    "I": _("I. What a container is"),
    "II": _("II. Risks"),
    "III": _("III. Practice"),
}


class AnySection(Protocol):
    """A stored section or a rendered one."""

    @property
    def anchor(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def heading(self) -> str: ...
    @property
    def level(self) -> int: ...
    @property
    def html(self) -> str: ...


class ShownSection(msgspec.Struct, frozen=True):
    anchor: str
    title: str
    heading: SafeString
    level: int
    pieces: tuple[Piece, ...]

    @property
    def is_notes(self) -> bool:
        return self.anchor == NOTES


class TocItem(msgspec.Struct):
    anchor: str
    title: str
    children: list[TocItem]


class Text(msgspec.Struct, frozen=True):
    """A whole article as it is read: the lead, the sections, the page index; `live_url` fetches all live blocks."""

    lead: tuple[Piece, ...]
    sections: tuple[ShownSection, ...]
    toc: list[TocItem]
    live_url: str = ""


class Part(msgspec.Struct, frozen=True):
    title: str
    articles: list[Article]


def text(sections: Iterable[AnySection], language: str, blocks: Blocks = Blocks.SINGLY) -> Text:
    given = list(sections)
    lead = next((tuple(pieces(section.html, language, blocks)) for section in given if not section.anchor), ())
    named = [section for section in given if section.anchor]
    shown = tuple(
        ShownSection(
            section.anchor,
            section.title,
            mark_safe(section.heading),  # noqa: S308 - sanitised before it was stored
            section.level,
            tuple(pieces(section.html, language, blocks)),
        )
        for section in named
    )
    found = [piece for section in shown for piece in section.pieces]
    live_url = together_url(found, language) if blocks is Blocks.TOGETHER else ""
    return Text(lead, shown, toc([section for section in named if section.anchor != NOTES]), live_url)


def toc(sections: Sequence[AnySection]) -> list[TocItem]:
    """Two levels: what lies deeper is found by reading."""
    items: list[TocItem] = []
    for section in sections:
        item = TocItem(section.anchor, section.title, [])
        if section.level == 2 or not items:
            items.append(item)
        elif section.level == 3:
            items[-1].children.append(item)
    return items


def parts(articles: Iterable[Article]) -> list[Part]:
    """In reading order; what belongs to no part stands before and after them as its order says."""
    return [Part(part_title(group[0]), group) for group in _by_part(articles)]


def part_title(article: Article) -> str:
    """In the language of the article, whatever the reader's is."""
    with override(article.language):
        return str(PART_TITLES.get(article.part, article.part))


def _by_part(articles: Iterable[Article]) -> Iterator[list[Article]]:
    return (list(group) for _part, group in groupby(articles, lambda article: article.part))


def neighbours(articles: Sequence[Article], here: Article) -> tuple[Article | None, Article | None]:
    """The articles before and after this one in reading order."""
    at = next((index for index, article in enumerate(articles) if article.pk == here.pk), None)
    if at is None:
        return None, None
    return (articles[at - 1] if at else None), (articles[at + 1] if at + 1 < len(articles) else None)
