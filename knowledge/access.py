"""Fetching what somebody may read. The guide is open to everybody who signed in; the middleware stands before that."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from knowledge.models import Article, ArticleQuerySet, Comment, Proposal, ProposalQuerySet, Revision
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


def proposals_for(request: HttpRequest) -> ProposalQuerySet:
    return Proposal.objects.for_reader(member(request)).with_names()


def readable_proposal_for(request: HttpRequest, number: int) -> Proposal:
    """Anybody's that was sent, and one's own draft; another's draft is not there."""
    try:
        return proposals_for(request).select_related("article__published__author", "published_as").get(pk=number)
    except Proposal.DoesNotExist:
        raise Http404 from None


def thread_of(about: Article | Proposal, number: int) -> Comment:
    try:
        return about.comments.threads().select_related("proposal", "article").get(pk=number)
    except Comment.DoesNotExist:
        raise Http404 from None
