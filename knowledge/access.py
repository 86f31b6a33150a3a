"""Fetching what somebody may read. The guide is open to everybody who signed in; the middleware stands before that."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from knowledge.models import Article, ArticleQuerySet, Picture, Revision
from knowledge.shipped import LANGUAGES
from secdash.accounts.access import member


def articles_for(request: HttpRequest, language: str) -> ArticleQuerySet:
    member(request)
    if language not in LANGUAGES:
        raise Http404
    return Article.objects.in_language(language)


def article_for(request: HttpRequest, language: str, key: str) -> Article:
    """With its published revision and who wrote that; it is there for every article that can be fetched."""
    try:
        return articles_for(request, language).with_author().get(key=key)
    except Article.DoesNotExist:
        raise Http404 from None


def published(article: Article) -> Revision:
    if article.published is None:
        raise Http404
    return article.published


def revision_for(article: Article, number: int) -> Revision:
    try:
        return article.revisions.select_related("author").get(number=number)
    except Revision.DoesNotExist:
        raise Http404 from None


def picture_for(request: HttpRequest, digest: str, kind: str) -> Picture:
    """Whoever may read the guide sees its pictures."""
    member(request)
    try:
        return Picture.objects.get(digest=digest, kind=kind)
    except Picture.DoesNotExist:
        raise Http404 from None
