"""Who wants to hear of changes to an article, and what is news to them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from knowledge.models import Article, Revision, Watch
from secdash.accounts.models import User


class Watched(msgspec.Struct, frozen=True):
    """`news` counts the revisions by others since `seen`."""

    article: Article
    seen: Revision | None
    published: Revision | None
    news: int


def watch(article: Article, *, by: User) -> None:
    """Again does nothing. What is published now is no news."""
    Watch.objects.get_or_create(article=article, user=by, defaults={"seen": article.published})


def unwatch(article: Article, *, by: User) -> None:
    Watch.objects.filter(article=article, user=by).delete()


def look(article: Article, *, by: User | None) -> bool:
    """They read what is published now; whether they watch the article at all."""
    watch = Watch.objects.filter(article=article, user=by).first() if by else None
    if watch is not None and watch.seen_id != article.published_id:
        Watch.objects.filter(pk=watch.pk).update(seen=article.published)
    return watch is not None


def mark_all_seen(*, by: User) -> None:
    """One statement an article: what is published in the meantime stays news."""
    for one in watched(by):
        Watch.objects.filter(user=by, article=one.article).update(seen=one.published)


def watched(user: User) -> list[Watched]:
    """With news first; else in reading order."""
    rows: Iterable[Watch] = Watch.objects.of(user).with_news()
    seen = [Watched(row.article, row.seen, row.article.published, getattr(row, "news", 0)) for row in rows]
    return sorted(seen, key=lambda one: not one.news)


def with_news(user: User | None) -> set[int]:
    """Ids of the watched articles that others changed."""
    return {one.article.pk for one in watched(user) if one.news} if user else set()
