"""Fetching what somebody may read.

The guide is open to everybody who signed in, and where the settings say so to everybody else: what is published now,
and no more. Older texts stay inside, for what was taken back must be gone; so do the names of those who wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.contrib.auth.decorators import login_not_required, login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from knowledge.models import Article, ArticleQuerySet, FormerKey, Picture, Proposal, Revision
from knowledge.shipped import LANGUAGES
from secdash.accounts.access import member
from secdash.accounts.models import User
from secdash.accounts.roles import Act

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)


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


def open_to_readers(
    view: Callable[Concatenate[HttpRequest, P], R],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page of the guide that strangers read where the guide is public; elsewhere they are led to the door."""
    behind_the_door = login_required(view)

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        answer = view if settings.PUBLIC_GUIDE else behind_the_door
        return answer(request, *args, **kwargs)

    return login_not_required(guarded)


def reader(request: HttpRequest) -> User | None:
    """Who reads; None for a stranger where the guide is public. Raises PermissionDenied for one where it is not."""
    if isinstance(request.user, User):
        return request.user
    if not settings.PUBLIC_GUIDE:
        raise PermissionDenied
    return None


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


def article_in_any(request: HttpRequest, language: str, key: str) -> Article:
    """The article in this language, else in the other: a text that exists is never not found."""
    try:
        return article_for(request, language, key)
    except (Moved, Gone):
        raise
    except Http404:
        return article_for(request, other_language(language), key)


def other_language(language: str) -> str:
    return next(name for name in LANGUAGES if name != language)


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
    reader(request)
    try:
        return Picture.objects.get(digest=digest, kind=kind)
    except Picture.DoesNotExist:
        raise Http404 from None


def article_to_edit(request: HttpRequest, language: str, key: str) -> Article:
    """Also one that nothing is published of yet: a translation that is being made. Raises as `article_for` does."""
    member(request)
    here = Article.objects.with_author().filter(language=language, key=key, deleted_at=None).first()
    if here is None:
        raise _absence(language, key)
    return here


def own_proposal(request: HttpRequest, number: int) -> Proposal:
    """To write in: its author's alone."""
    proposal = _proposal(number)
    if proposal.author_id != member(request).pk:
        raise PermissionDenied
    return proposal


def proposal_to_merge(request: HttpRequest, number: int) -> Proposal:
    """By its author, or by whoever may publish."""
    proposal = _proposal(number)
    if proposal.author_id != member(request).pk and not member(request).can(Act.PUBLISH_GUIDE):
        raise PermissionDenied
    return proposal


def _proposal(number: int) -> Proposal:
    try:
        return Proposal.objects.select_related(
            "article__published__author", "article__published__follows", "author", "base", "follows__article"
        ).get(pk=number)
    except Proposal.DoesNotExist:
        raise Http404 from None
