"""Small articles for the tests of the guide."""

from __future__ import annotations

from datetime import UTC, datetime

from knowledge.models import Article
from knowledge.services import publish

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def a_body(text: str = "", *, title: str = "Limits", order: int = 10, part: str = "I") -> str:
    meta = f"title: {title}\norder: {order}\npart: {part}\nsummary: What a container may take."
    return f"---\n{meta}\n---\n\nLead.\n\n{text}"


def a_published_article(text: str = "", *, key="limits", language="en", author=None, **meta) -> Article:
    article = Article.objects.create(key=key, language=language)
    publish(article, body=a_body(text, **meta), author=author, summary="", base=None, at=NOON)
    return article
