"""Fetching proposals as those may read them who work on the guide, and threads of what they belong to."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from knowledge.models import Article, Comment, Proposal, ProposalQuerySet
from secdash.accounts.access import member


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
