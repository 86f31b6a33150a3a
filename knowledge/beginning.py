"""New articles: where they stand in the reading order, and the draft that they begin as."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import IntegrityError, transaction

from knowledge.life import locked
from knowledge.models import Article, Proposal
from knowledge.naming import KeyRefused, refuse_key
from knowledge.skeleton import skeleton
from secdash.accounts.models import User
from secdash.audit.recording import record
from secdash.facts.message import say

STEP = 10  # between the orders of two articles, so that others fit in between later


class Place(msgspec.Struct, frozen=True):
    part: str
    order: int


def place(articles: Sequence[Article], part: str, after: str) -> Place:
    """Behind the article of that key, or first in the part where `after` is empty. `articles` are in reading order."""
    group = [one for one in articles if one.part == part]
    at = next((index for index, one in enumerate(group) if one.key == after), -1)
    before = group[at].order if at >= 0 else _before(articles, part)
    following = next((one.order for one in articles if one.order > before), None)
    if following is None:
        return Place(part, before + STEP)
    return Place(part, max(before, (before + following) // 2))


def _before(articles: Sequence[Article], part: str) -> int:
    """The order of what stands before the first article of the part; of all there is where the part has none."""
    at = next((index for index, one in enumerate(articles) if one.part == part), len(articles))
    return articles[at - 1].order if at else 0


def begin(
    *, key: str, language: str, title: str, summary: str, place: Place, consent: bool = False, by: User, at: datetime
) -> Proposal:
    """An article that nobody can read yet, and the draft of its text. Raises KeyRefused.

    One that was begun under this key and given up is taken up again. A former key leads here once it is published.
    """
    try:
        with transaction.atomic():
            begun = Article.objects.abandoned().filter(key=key, language=language).first()
            refuse_key(key, languages=[language], but=[begun] if begun else [], consent=consent)
            article = locked(begun) if begun else Article(key=key, language=language)
            article.title, article.summary = title, summary
            article.part, article.order = place.part, place.order
            article.save()
            draft = _draft(article, by=by, at=at)
            record("article.begun", by=by, on=article, after={"title": title, "part": place.part}, at=at)
            return draft
    except IntegrityError:
        raise KeyRefused(say("Somebody has just taken this key; choose another.")) from None


def _draft(article: Article, *, by: User, at: datetime) -> Proposal:
    text = skeleton(
        language=article.language,
        title=article.title,
        summary=article.summary,
        part=article.part,
        order=article.order,
    )
    return Proposal.objects.create(article=article, body=text, author=by, created_at=at, changed_at=at)
