"""The editor. Writing needs its act, publishing without a review another one; a draft is its author's alone."""

from __future__ import annotations

from contextlib import suppress

from csp.constants import NONCE
from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from knowledge import access, catalogue, editing, presence, previewing, proposing
from knowledge.editing import Became, EditPage, Outcome
from knowledge.forms import DraftForm
from knowledge.models import Proposal
from knowledge.views.common import in_room
from knowledge.views.leading import article_url, edit_url, editor_urls, optional, proposal_url, published_url
from secdash.accounts import carrying
from secdash.accounts.access import member, needs
from secdash.accounts.roles import Act


@carrying.carries("article-edit")
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Act.EDIT_GUIDE)
def edit(request: HttpRequest, language: str, key: str) -> HttpResponseBase:
    here = access.article_to_edit(request, language, key)
    if request.method == "POST":
        act = _act(request)
        return _answer(request, editing.submit_new(here, request.POST, act, by=member(request), at=timezone.now()))
    carried, section = carrying.kept(request), request.GET.get("section", "")
    standing = proposing.standing_of(here, member(request))
    if standing and not carried:
        return redirect(edit_url(standing, section=section))
    return _show(request, editing.begin(here, member(request), section=section, carried=carried))


@require_safe
@needs(Act.EDIT_GUIDE)
def proposal_edit(request: HttpRequest, number: int) -> HttpResponseBase:
    proposal = access.own_proposal(request, number)
    kept = request.GET.get("kept", "")
    page = editing.reopen(
        proposal,
        member(request),
        section=request.GET.get("section", ""),
        kept=int(kept) if kept.isdecimal() else 0,
        carried=carrying.kept(request),
    )
    return _show(request, page)


@carrying.carries("proposal-edit")
@require_POST
@needs(Act.EDIT_GUIDE)
def proposal_save(request: HttpRequest, number: int) -> HttpResponseBase:
    """Also what the page does by itself, which asks for JSON; with `take`, a kept text replaces what stands."""
    proposal = access.own_proposal(request, number)
    if (take := request.POST.get("take", "")).isdecimal():
        with suppress(proposing.Closed):  # the page says that it has ended
            proposing.take(proposal, number=int(take), at=timezone.now())
        return redirect(edit_url(proposal))
    return _answer(request, editing.submit(proposal, request.POST, "save", by=member(request), at=timezone.now()))


@carrying.carries("proposal-edit")
@require_POST
@needs(Act.EDIT_GUIDE)
def proposal_send(request: HttpRequest, number: int) -> HttpResponseBase:
    proposal = access.own_proposal(request, number)
    return _answer(
        request, editing.submit(proposal, request.POST, _act(request), by=member(request), at=timezone.now())
    )


@require_POST
@needs(Act.EDIT_GUIDE)
def proposal_withdraw(request: HttpRequest, number: int) -> HttpResponse:
    proposal = access.own_proposal(request, number)
    try:
        proposing.withdraw(proposal, by=member(request), at=timezone.now())
    except proposing.Closed:
        messages.warning(request, _("This proposal has come to its end already."))
    else:
        messages.success(request, _("Withdrawn. The text is kept with the proposal."))
    return redirect(article_url(proposal.article))


@require_POST
@needs(Act.EDIT_GUIDE)
def preview(request: HttpRequest, language: str, key: str) -> HttpResponse:
    here = access.article_to_edit(request, language, key)
    seen = previewing.preview(here, DraftForm(request.POST).framed)
    return render(request, "knowledge/_preview.html", {"article": here, "preview": seen})


@require_safe
@needs(Act.EDIT_GUIDE)
def editors(request: HttpRequest, language: str, key: str) -> HttpResponse:
    """Who else edits the article; asking says that one does so oneself."""
    here = access.article_to_edit(request, language, key)
    return render(request, "knowledge/_editors.html", {"others": presence.here(here, member(request))})


def _act(request: HttpRequest) -> str:
    """Who may not publish (any more) has the text saved all the same."""
    act = request.POST.get("act", "save")
    return "save" if act == "publish" and not member(request).can(Act.PUBLISH_GUIDE) else act


def _show(request: HttpRequest, page: EditPage) -> HttpResponseBase:
    context = {
        "article": page.article,
        "page": page,
        "given": page.given,
        "may_publish": member(request).can(Act.PUBLISH_GUIDE),
        "checks": catalogue.completions(),
        "urls": editor_urls(page.article, page.proposal),
        "pictures_url": optional("pictures"),
    }

    # The editor writes its own style sheet: the only page with a nonce, and for styles alone.
    @csp_update({"style-src": [NONCE]})
    def drawn(request: HttpRequest) -> HttpResponse:
        return render(request, "knowledge/edit.html", in_room(context), status=page.status)

    return drawn(request)


def _answer(request: HttpRequest, outcome: Outcome) -> HttpResponseBase:
    if outcome.became is not Became.REFUSED:
        carrying.let_go(request)
    if request.accepts("application/json") and not request.accepts("text/html"):
        return _as_json(outcome)
    if outcome.page or outcome.proposal is None:
        return _show(request, outcome.page) if outcome.page else HttpResponse(status=400)
    return _lead_on(request, outcome, outcome.proposal)


TOLD = {
    Became.SAVED: (messages.SUCCESS, _("Saved as a draft that only you see.")),
    Became.SENT: (messages.SUCCESS, _("Sent for review. It goes live once a reviewer approves it.")),
    Became.PUBLISHED: (messages.SUCCESS, _("Published.")),
    Became.PUT_ASIDE: (
        messages.WARNING,
        _("This draft was changed elsewhere meanwhile. Your text is kept, and shown beside it."),
    ),
    Became.MOVED: (
        messages.WARNING,
        _("Somebody published meanwhile, so nothing went live yet. Your text is saved: bring it up to date here."),
    ),
    Became.CLOSED: (messages.WARNING, _("This proposal has come to its end meanwhile. Your text is kept.")),
}


def _lead_on(request: HttpRequest, outcome: Outcome, proposal: Proposal) -> HttpResponse:
    messages.add_message(request, *TOLD[outcome.became])
    match outcome.became:
        case Became.SENT:
            return redirect(proposal_url(proposal))
        case Became.PUBLISHED:
            return redirect(published_url(proposal.article, section=request.POST.get("section", "")))
        case Became.MOVED:
            return redirect("proposal-merge", number=proposal.pk)
        case Became.SAVED:
            return redirect(edit_url(proposal, section=request.POST.get("section", "")))
    return redirect(edit_url(proposal, kept=outcome.kept.number if outcome.kept else 0))


def _as_json(outcome: Outcome) -> JsonResponse:
    proposal = outcome.proposal
    if proposal is None or outcome.became is Became.REFUSED:
        return JsonResponse({"became": "refused"}, status=422)
    kept = outcome.kept.number if outcome.kept else 0
    return JsonResponse(
        {
            "became": outcome.became.name.lower(),
            "edits": proposal.edits,
            "body": proposal.body if kept else "",
            "kept_url": edit_url(proposal, kept=kept) if kept else "",
            "urls": editor_urls(proposal.article, proposal),
        },
        status=409 if kept else 200,
    )
