"""Fetching what somebody may read. The guide is open to everybody who signed in; the middleware stands before that."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from knowledge.models import Article, ArticleQuerySet, FormerKey, Picture, Revision
from knowledge.shipped import LANGUAGES
from secdash.accounts.access import member
from secdash.accounts.models import User
from secdash.accounts.roles import Act


class Moved(Http404):
    """An article was renamed; `article` knows its key of today."""

    def __init__(self, article: Article) -> None:
        super().__init__("renamed")
        self.article = article


class Gone(Http404):
    """An article was removed, and may be brought back."""

    def __init__(self, article: Article) -> None:
        super().__init__("removed")
        self.article = article


def is_public() -> bool:
    return bool(getattr(settings, "PUBLIC_GUIDE", False))


def reader(request: HttpRequest) -> User | None:
    """Who reads: a signed-in person, or None where the guide is open to everybody. Raises PermissionDenied."""
    if isinstance(request.user, User):
        return request.user
    if is_public():
        return None
    raise PermissionDenied


def articles_for(request: HttpRequest, language: str) -> ArticleQuerySet:
    reader(request)
    if language not in LANGUAGES:
        raise Http404
    return Article.objects.in_language(language)


def article_for(request: HttpRequest, language: str, key: str) -> Article:
    """With its published revision and who wrote that; it is there for every article that can be fetched.

    Raises Moved for a key of before a rename and Gone for a removed article: `knowledge.middleware` answers both.
    """
    article = articles_for(request, language).with_author().filter(key=key).first()
    if article is None:
        raise _absence(language, key)
    return article


def _absence(language: str, key: str) -> Http404:
    """A draft that nobody published yet leaves a former key where it leads."""
    held = Article.objects.filter(language=language, key=key, published__isnull=False).first()
    if held is None:
        former = FormerKey.objects.select_related("article").filter(language=language, key=key).first()
        held = former.article if former else None
    if held is None:
        return Http404()
    if held.deleted_at is not None:
        return Gone(held)
    return Moved(held)


def kept_article_for(request: HttpRequest, language: str, key: str) -> Article:
    """As `article_for`; who may bring a removed article back may read it before."""
    try:
        return article_for(request, language, key)
    except Gone as gone:
        if gone.article.key == key and member(request).can(Act.PUBLISH_GUIDE):
            return gone.article
        raise


def removed_article_for(request: HttpRequest, pk: str) -> Article:
    member(request)
    article = Article.objects.filter(pk=pk).first() if pk.isdecimal() else None
    if article is None:
        raise Http404
    return article


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
