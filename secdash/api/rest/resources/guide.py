"""The guide: articles as they are published, and their revisions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.urls import reverse
from ninja import Field, Query, Router

from knowledge.access import article_for, articles_for, published, revision_for
from knowledge.models import Article, Revision
from secdash.api.models import Scope
from secdash.api.rest import cursors
from secdash.api.rest.described import told
from secdash.api.rest.guard import Bearer
from secdash.api.rest.shapes import USUAL_LIMIT, Cursor, Limit, Name, Number, Shape

router = Router(tags=["Guide"])
READ = Bearer(Scope.READ)
Language = Literal["en", "fr"]


class ArticleShape(Shape):
    key: str = Field(examples=["cgroups"])
    language: str = Field(examples=["en"])
    url: str = Field(examples=["/guide/en/cgroups/"], description="Its page.")
    title: str = Field(examples=["Control groups"])
    summary: str = Field(examples=["Limits on memory, processes and processor time."])
    part: str = Field(examples=["I"])
    revision: int = Field(examples=[3], description="The number of what is published.")


class WholeArticle(ArticleShape):
    body: str = Field(examples=["# Control groups"], description="Markdown.")


class Articles(Shape):
    items: list[ArticleShape]


class RevisionShape(Shape):
    number: int = Field(examples=[3])
    summary: str = Field(examples=["Limits of swap"])
    author: str = Field(examples=["Ada"], description="Empty for what came with secdash.")
    created_at: datetime = Field(examples=["2026-11-24T12:00:00Z"])


class WholeRevision(RevisionShape):
    body: str = Field(examples=["# Control groups"], description="Markdown.")


class RevisionPage(Shape):
    items: list[RevisionShape]
    next: str | None = Field(examples=[None], description="The cursor of the next page; null on the last.")


@router.get(
    "/articles",
    auth=READ,
    response=Articles,
    summary=told("List articles"),
    description=told("All articles of a language that are published, in the order of the guide."),
)
def list_articles(request: HttpRequest, language: Annotated[Language, Query()] = "en") -> Articles:
    found = articles_for(request, language).select_related("published")
    return Articles(items=[ArticleShape(**_values(article)) for article in found])


@router.get(
    "/articles/{language}/{key}",
    auth=READ,
    response=WholeArticle,
    summary=told("Read an article"),
    description=told("What is published of it now, in Markdown."),
)
def get_article(request: HttpRequest, language: Language, key: Name) -> WholeArticle:
    article = article_for(request, language, key)
    return WholeArticle(body=published(article).body, **_values(article))


@router.get(
    "/articles/{language}/{key}/revisions",
    auth=READ,
    response=RevisionPage,
    summary=told("List the revisions of an article"),
    description=told("Newest first, without their texts."),
)
def list_revisions(
    request: HttpRequest, language: Language, key: Name, cursor: Cursor = None, limit: Limit = USUAL_LIMIT
) -> RevisionPage:
    rows = article_for(request, language, key).revisions.select_related("author").defer("body")
    found = cursors.page(rows, ("-number",), of=f"revisions of {language}/{key}", cursor=cursor, limit=limit)
    return RevisionPage(items=[RevisionShape(**_about(each)) for each in found.rows], next=found.next)


@router.get(
    "/articles/{language}/{key}/revisions/{number}",
    auth=READ,
    response=WholeRevision,
    summary=told("Read a revision"),
    description=told("What an article said at one time."),
)
def get_revision(request: HttpRequest, language: Language, key: Name, number: Number) -> WholeRevision:
    found = revision_for(article_for(request, language, key), number)
    return WholeRevision(body=found.body, **_about(found))


def _values(article: Article) -> dict[str, Any]:
    same = {name: getattr(article, name) for name in ("key", "language", "title", "summary", "part")}
    url = reverse("article", args=[article.language, article.key])
    return {**same, "url": url, "revision": published(article).number}


def _about(revision: Revision) -> dict[str, Any]:
    author = revision.author.display_name if revision.author else ""
    return {
        "number": revision.number,
        "summary": revision.summary,
        "author": author,
        "created_at": revision.created_at,
    }
