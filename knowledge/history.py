"""The page of all revisions of an article."""

from __future__ import annotations

import msgspec
from django.core.paginator import Page, Paginator

from knowledge.models import Article, ArticleEvent, Revision

PER_PAGE = 50


class History(msgspec.Struct, frozen=True):
    """`contributors`: names, and how many revisions each wrote."""

    revisions: Page[Revision]
    contributors: list[tuple[str, int]]
    events: list[ArticleEvent]


def page(article: Article, number: str | None) -> History:
    revisions = article.revisions.newest_first().with_reviewers()
    return History(
        Paginator(revisions, PER_PAGE).get_page(number),
        article.revisions.contributors(),
        list(article.events.with_names().order_by("-at", "-pk")),
    )
