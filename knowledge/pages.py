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
from knowledge.measuring import minutes
from knowledge.models import Article
from knowledge.rendering import NOTES
from knowledge.steps import SectionStep, Step

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
    ahead: SectionStep | None = None  # the same section of the other language, where that is newer

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
    minutes: int = 1


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
    index = toc([section for section in named if section.anchor != NOTES])
    return Text(lead, shown, index, live_url, minutes(section.html for section in given if section.anchor != NOTES))


def marked(text: Text, step: Step) -> Text:
    """With a notice on each section whose other language is newer."""
    ahead = {one.anchor: one for one in step.behind}
    sections = tuple(msgspec.structs.replace(one, ahead=ahead.get(one.anchor)) for one in text.sections)
    return msgspec.structs.replace(text, sections=sections)


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


def part_title(article: Article, language: str = "") -> str:
    """In the language of the article, whatever the reader's is, unless another is given."""
    with override(language or article.language):
        return str(PART_TITLES.get(article.part, article.part))


def _by_part(articles: Iterable[Article]) -> Iterator[list[Article]]:
    return (list(group) for _part, group in groupby(articles, lambda article: article.part))


def neighbours(articles: Sequence[Article], here: Article) -> tuple[Article | None, Article | None]:
    """The articles before and after this one in reading order."""
    place = (here.order, here.key)
    before = [article for article in articles if (article.order, article.key) < place]
    after = [article for article in articles if (article.order, article.key) > place]
    return (before[-1] if before else None), (after[0] if after else None)
