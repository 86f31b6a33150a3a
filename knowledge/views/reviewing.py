"""The queue of proposals, one proposal, and what is decided and said about it. For those who work on the guide."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from knowledge import review_access, reviewing_page, talk_forms
from knowledge.models import Proposal
from knowledge.queue_page import queue_page
from knowledge.reviewing_page import ProposalPage, proposal_page
from knowledge.views.common import in_room, may_edit
from secdash.accounts.access import member, needs
from secdash.accounts.roles import Act


@require_safe
@needs(Act.EDIT_GUIDE)
def proposals(request: HttpRequest) -> HttpResponse:
    page = queue_page(review_access.proposals_for(request), request.GET, member(request))
    return render(request, "knowledge/proposals.html", in_room({"page": page}))


@require_safe
@needs(Act.EDIT_GUIDE)
def proposal(request: HttpRequest, number: int) -> HttpResponse:
    here = review_access.readable_proposal_for(request, number)
    return _page(request, proposal_page(here, request.GET, member(request)))


@require_POST
@needs(Act.PUBLISH_GUIDE)
def decide(request: HttpRequest, number: int) -> HttpResponse:
    here = review_access.readable_proposal_for(request, number)
    decided = reviewing_page.decide(here, request.POST, by=member(request), at=timezone.now())
    now = review_access.readable_proposal_for(request, number)
    if decided.done:
        messages.success(request, _said(now))
        return redirect("proposal", number=number)
    return _page(request, proposal_page(now, request.GET, member(request), decided=decided), decided.status)


@require_POST
@needs(Act.EDIT_GUIDE)
def comment(request: HttpRequest, number: int) -> HttpResponse:
    here, by, at = review_access.readable_proposal_for(request, number), member(request), timezone.now()

    find = partial(review_access.thread_of, here)
    if talk_forms.settle(request.POST, find, by=by, at=at):
        return redirect(_address(request, number))
    text = reviewing_page.text_of(here, by)
    talk = talk_forms.say_about(here, request.POST, find, text=text, by=by, at=at)
    if talk.said:
        return redirect(f"{_address(request, number)}#C{talk.said.pk}")
    return _page(request, proposal_page(here, request.GET, by, talk=talk), talk.status)


def _page(request: HttpRequest, page: ProposalPage, status: int = 200) -> HttpResponse:
    context = {"page": page, "article": page.proposal.article, "may_edit": may_edit(request)}
    return render(request, "knowledge/proposal.html", in_room(context), status=status)


def _address(request: HttpRequest, number: int) -> str:
    """The page in the form in which it was read."""
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return reverse("proposal", args=[number]) + query


def _said(proposal: Proposal) -> str:
    if proposal.published_as:
        return _("Published as version %(number)d.") % {"number": proposal.published_as.number}
    return _("Decided: %(state)s.") % {"state": proposal.get_state_display()}
