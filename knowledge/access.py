"""Fetching what somebody may read. The guide is open to everybody who signed in; the middleware stands before that."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from knowledge.models import Article, ArticleQuerySet, Proposal, Revision
from knowledge.shipped import LANGUAGES
from secdash.accounts.access import member
from secdash.accounts.roles import Act


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


def article_to_edit(request: HttpRequest, language: str, key: str) -> Article:
    """Also one that nothing is published of yet: a translation that is being made."""
    member(request)
    try:
        return Article.objects.with_author().get(language=language, key=key, deleted_at=None)
    except Article.DoesNotExist:
        raise Http404 from None


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
