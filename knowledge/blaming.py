"""The page that says who wrote what: the lines' revisions, kept per published text, with names and dates."""

from __future__ import annotations

import msgspec
from django.core.cache import cache

from knowledge import blame, slicing
from knowledge.models import Article, Revision

KEPT_FOR = 30 * 24 * 3600


class ShownBlock(msgspec.Struct, frozen=True):
    """`also`: the other revisions that lines of it are from, newest first."""

    first: int
    text: str
    newest: Revision
    also: tuple[Revision, ...]


class ShownPart(msgspec.Struct, frozen=True):
    anchor: str
    title: str
    is_metadata: bool
    blocks: tuple[ShownBlock, ...]


def page(article: Article, published: Revision) -> list[ShownPart]:
    parts = blame.parts(published.body, authorship(article, published))
    numbers = {number for part in parts for block in part.blocks for number in block.wrote}
    revisions = {one.number: one for one in article.revisions.newest_first().filter(number__in=numbers)}
    return [_shown(part, revisions) for part in parts]


def authorship(article: Article, published: Revision) -> tuple[int, ...]:
    """One revision number a line. Kept per revision, so that the next one costs one comparison."""
    kept: tuple[int, ...] | None = cache.get(_name(published.pk))
    if kept is None:
        kept = _one_more(article, published) or blame.authorship(article.revisions.texts_up_to(published.number))
        cache.set(_name(published.pk), kept, KEPT_FOR)
    return kept


def _one_more(article: Article, published: Revision) -> tuple[int, ...] | None:
    before = article.revisions.filter(number=published.number - 1).first()
    wrote: tuple[int, ...] | None = cache.get(_name(before.pk)) if before else None
    if before is None or wrote is None:
        return None
    return blame.step(slicing.split(before.body), wrote, slicing.split(published.body), published.number)


def _name(revision: int) -> str:
    return f"authorship:1:{revision}"


def _shown(part: blame.Part, revisions: dict[int, Revision]) -> ShownPart:
    blocks = tuple(
        ShownBlock(
            block.first,
            block.text,
            revisions[block.newest],
            tuple(revisions[number] for number in block.wrote[1:]),
        )
        for block in part.blocks
    )
    is_metadata = part.anchor == blame.METADATA
    return ShownPart("" if is_metadata else part.anchor, part.title, is_metadata, blocks)
