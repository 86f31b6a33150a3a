"""One interface to both databases: what somebody typed in, sections of the guide out, best first."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from django.urls import reverse

from knowledge.models import IndexedSection, IndexedSectionQuerySet
from knowledge.search import matching, ranking, snippets
from knowledge.search.query import Query, parse
from knowledge.search.snippets import Run
from knowledge.shipped import LANGUAGES

FEW = 3  # with fewer sections than these in the reader's language, those in the other are shown too
SHOWN = 30


Score = Callable[[ranking.Lines, Query], int | None]


class Hit(msgspec.Struct, frozen=True):
    """A section. `above`: the titles it stands under, the article's first; none where it is the article's lead."""

    language: str
    key: str
    anchor: str
    above: tuple[str, ...]
    heading: tuple[Run, ...]
    excerpt: tuple[Run, ...]

    @property
    def url(self) -> str:
        place = f"#{self.anchor}" if self.anchor else ""
        return reverse("article", args=[self.language, self.key]) + place


class Group(msgspec.Struct, frozen=True):
    """The sections of one language; `total` counts those that are not shown too."""

    language: str
    hits: tuple[Hit, ...]
    total: int


class Found(msgspec.Struct, frozen=True):
    """Groups that have something, the reader's language first. `lacking`: no section holds all words, these some."""

    groups: tuple[Group, ...] = ()
    lacking: bool = False

    @property
    def total(self) -> int:
        return sum(group.total for group in self.groups)


def find(text: str, language: str, *, most: int = SHOWN) -> Found:
    """`most` sections a language. All words are looked for, then some where no language has a section with all."""
    groups: list[Group] = []
    for spoken in (language, *(other for other in LANGUAGES if other != language)):
        if sum(group.total for group in groups) < FEW:
            groups += _group(text, spoken, most, matching.holding_all, ranking.score)
    if groups:
        return Found(tuple(groups))
    return Found(tuple(_group(text, language, most, matching.holding_some, ranking.score_some)), lacking=True)


def _group(text: str, language: str, most: int, holding: matching.Holding, score: Score) -> list[Group]:
    query = parse(text, language)
    if not query.terms:
        return []
    ranked = _ranked(holding(IndexedSection.objects.standing(language), query.terms), query, score)
    return [Group(language, _hits(ranked[:most], query, language), len(ranked))] if ranked else []


def _ranked(rows: IndexedSectionQuerySet, query: Query, score: Score) -> list[int]:
    """Ids of the rows that hold what is asked, best first; of equals the first in reading order."""
    found = []
    place = ("section__article__order", "section__article__key", "section__position")
    for pk, order, key, position, level, above, heading, claims, body in rows.values_list(
        "pk", *place, "section__level", "above", "heading", "claims", "body"
    ):
        points = score(ranking.Lines(level, above, heading, claims, body), query)
        if points is not None:
            found.append((-points, order, key, position, pk))
    return [pk for *_rank, pk in sorted(found)]


def _hits(ranked: list[int], query: Query, language: str) -> tuple[Hit, ...]:
    rows = IndexedSection.objects.with_article().in_bulk(ranked)
    return tuple(_hit(rows[pk], query, language) for pk in ranked)


def _hit(row: IndexedSection, query: Query, language: str) -> Hit:
    article = row.section.article
    return Hit(
        language=language,
        key=article.key,
        anchor=row.section.anchor,
        above=tuple(row.trail[:-1]),
        heading=snippets.marked(row.trail[-1], query, language),
        excerpt=snippets.snippet(row.text, query, language),
    )
