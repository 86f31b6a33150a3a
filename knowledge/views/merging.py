"""Bringing a proposal up to date with what was published since it was begun: its author, or whoever may publish."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from knowledge import access, merging, proposing
from knowledge.models import Proposal
from knowledge.views.common import in_room
from knowledge.views.leading import after_merge
from secdash.accounts.access import member, needs
from secdash.accounts.roles import Act


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Act.EDIT_GUIDE)
def merge(request: HttpRequest, number: int) -> HttpResponse:
    proposal = access.proposal_to_merge(request, number)
    if request.method != "POST":
        return _show(request, merging.compare(proposal))
    if request.POST.get("act") == "preview":
        return _show(request, merging.look(proposal, request.POST))
    return _bring(request, proposal)


def _bring(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    try:
        done = merging.bring(proposal, request.POST, by=member(request), at=timezone.now())
    except proposing.Closed:
        return _show(request, merging.compare(access.proposal_to_merge(request, proposal.pk)))
    if isinstance(done, merging.MergePage):
        return _show(request, done)
    if done.kept:
        messages.warning(request, _("The draft was changed meanwhile: compare again. What you wrote by hand is kept."))
        return redirect("proposal-merge", number=proposal.pk)
    messages.success(request, _("Brought up to date. The text before is kept."))
    return redirect(after_merge(proposal, member(request)))


def _show(request: HttpRequest, page: merging.MergePage) -> HttpResponse:
    context = {"article": page.proposal.article, "proposal": page.proposal, "page": page}
    return render(request, "knowledge/merge.html", in_room(context), status=page.status)
