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

from knowledge.models import Article, ArticleQuerySet, Revision
from knowledge.shipped import LANGUAGES
from secdash.accounts.models import User

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)


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
    """With its published revision and who wrote that; it is there for every article that can be fetched."""
    try:
        return articles_for(request, language).with_author().get(key=key)
    except Article.DoesNotExist:
        raise Http404 from None


def article_in_any(request: HttpRequest, language: str, key: str) -> Article:
    """The article in this language, else in the other: a text that exists is never not found."""
    here = articles_for(request, language).with_author().filter(key=key).first()
    return here or article_for(request, other_language(language), key)


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
