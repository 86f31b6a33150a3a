"""The whole guide on one page: every article in order, its anchors made unique, the links between them kept inside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

import msgspec

from knowledge import pages
from knowledge.joining import joined
from knowledge.live import Blocks
from knowledge.models import Article, Section


class Chapter(msgspec.Struct, frozen=True):
    article: Article
    text: pages.Text


class WholePart(msgspec.Struct, frozen=True):
    title: str
    chapters: list[Chapter]


class Whole(msgspec.Struct, frozen=True):
    parts: list[WholePart]

    @property
    def chapters(self) -> Iterator[Chapter]:
        return (chapter for part in self.parts for chapter in part.chapters)

    @property
    def hours(self) -> int:
        return max(1, round(sum(chapter.text.minutes for chapter in self.chapters) / 60))


def guide(articles: Sequence[Article]) -> Whole:
    """Of articles in one language and in reading order. One query."""
    keys = {article.key for article in articles}
    sections: dict[int, list[Section]] = defaultdict(list)
    for section in Section.objects.filter(article__in=[article.pk for article in articles]).order_by("position"):
        sections[section.article_id].append(section)
    chapters = [_chapter(article, sections[article.pk], keys) for article in articles]
    grouped = groupby(chapters, key=lambda chapter: pages.part_title(chapter.article))
    return Whole([WholePart(title, list(group)) for title, group in grouped])


def _chapter(article: Article, sections: list[Section], keys: Collection[str]) -> Chapter:
    for section in sections:
        section.html = joined(section.html, article.language, article.key, keys)
    return Chapter(article, pages.text(sections, article.language, Blocks.DESCRIBED))
