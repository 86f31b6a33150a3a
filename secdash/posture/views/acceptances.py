"""Acceptances: their list, one of them, accepting, deciding, ending."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from secdash.accounts.access import member
from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.findings import accepting, deciding
from secdash.findings.acceptance_forms import AcceptForm, RefusalForm
from secdash.findings.access import acceptance_for, finding_for, findings_for
from secdash.findings.asked import Asked, NotAcceptable
from secdash.findings.models import Acceptance
from secdash.posture import acceptances as table
from secdash.posture import acceptances_export, walking
from secdash.posture.accepting_from import Origin, origin
from secdash.posture.exports import sheets
from secdash.web.saying import said


@require_safe
def acceptances(request: HttpRequest) -> HttpResponse:
    user, query = member(request), request.GET
    found = table.listing(
        user,
        tab=query.get("tab", ""),
        order=query.get("order", ""),
        number=query.get("page", "1"),
        today=timezone.now().date(),
    )
    context = {
        "listing": found,
        "orders": table.ORDERS.items(),
        "reader": user,
        "export_kinds": sheets.LABELS,
        "may_set_policy": user.can(Act.SET_POLICY),
    }
    return render(request, "posture/acceptances.html", context)


@require_safe
def acceptances_file(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    query, today = request.GET, timezone.now().date()
    sheet = acceptances_export.sheet(
        member(request), tab=query.get("tab", ""), order=query.get("order", ""), today=today
    )
    return sheets.response(sheet, kind)


@require_safe
def acceptance(request: HttpRequest, pk: int) -> HttpResponse:
    return _acceptance(request, acceptance_for(member(request), pk), RefusalForm())


def _acceptance(request: HttpRequest, found: Acceptance, form: RefusalForm, *, status: int = 200) -> HttpResponse:
    user = member(request)
    page = table.detail(user, found, number=request.GET.get("page", "1"))
    context = {
        "acceptance": found,
        "page": page,
        "form": form,
        "today": timezone.now().date(),
    }
    return render(request, "posture/acceptance.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """The form; with `do=preview` it comes back with what it would hide, as a fragment where htmx asks."""
    came = origin(member(request), request.GET)
    if request.method != "POST":
        return _accept_form(request, came, _form(request, came))
    if request.POST.get("do") == "preview":
        return _previewed(request, came)
    return _accepted(request, came, _form(request, came))


def _form(request: HttpRequest, came: Origin) -> AcceptForm:
    today = timezone.now().date()
    return AcceptForm(
        request.POST or None,
        scopes=[(each.value, each.label) for each in came.scopes],
        last=table.last_day(member(request), _asked(request, came), today=today),
        today=today,
        initial={"reason": came.proposal.reason} if came.proposal else {},
    )


def _preview(request: HttpRequest, came: Origin) -> table.Preview:
    return table.preview(member(request), _asked(request, came), today=timezone.now().date())


def _asked(request: HttpRequest, came: Origin) -> Asked:
    return came.asked(request.POST.get("scope", ""), covers=request.POST.get("covers", ""))


def _previewed(request: HttpRequest, came: Origin) -> HttpResponse:
    if getattr(request, "htmx", False):
        context = {"preview": _preview(request, came)}
        return render(request, "posture/_acceptance_preview.html", context)
    form = _form(request, came)
    form.errors.clear()
    return _accept_form(request, came, form)


def _accepted(request: HttpRequest, came: Origin, form: AcceptForm) -> HttpResponse:
    if not form.is_valid():
        return _accept_form(request, came, form, status=422)
    user, now, typed = member(request), timezone.now(), form.cleaned_data
    asked = came.asked(typed["scope"], covers=typed["covers"], reason=typed["reason"], until=typed["until"])
    try:
        made = accepting.accept(asked, by=user, at=now)
        if came.proposal:
            deciding.take_up(came.proposal, by=user, at=now)
    except NotAcceptable as refused:
        form.add_error(None, said(refused.message))
        return _accept_form(request, came, form, status=422)
    messages.success(request, _done(made, user))
    return redirect(_back(request, came, made))


def _back(request: HttpRequest, came: Origin, made: Acceptance) -> str:
    """To the acceptance; to the finding for whoever walks through a list and goes on to the next."""
    onward = walking.onward(request.GET)
    if came.finding is None or not onward or made.state == Acceptance.State.WAITING:
        return made.get_absolute_url()
    return f"{came.finding.get_absolute_url()}{onward}"


def _done(made: Acceptance, by: User) -> str:
    if made.state == Acceptance.State.WAITING:
        return _("Asked. It holds nothing until a second person approves it.")
    count = findings_for(by).filter(acceptance=made).count()
    text = ngettext("Accepted. %(n)d finding is held.", "Accepted. %(n)d findings are held.", count)
    return text % {"n": count}


def _accept_form(request: HttpRequest, came: Origin, form: AcceptForm, *, status: int = 200) -> HttpResponse:
    onward = walking.onward(request.GET)
    context = {"came": came, "form": form, "preview": _preview(request, came), "onward": onward}
    return render(request, "posture/accept.html", context, status=status)


@require_POST
def acceptance_decide(request: HttpRequest, pk: int) -> HttpResponse:
    user, now = member(request), timezone.now()
    found = acceptance_for(user, pk, Act.APPROVE_RISK)
    approves = request.POST.get("decision") == "approve"
    form = RefusalForm(request.POST)
    if not approves and not form.is_valid():
        return _acceptance(request, found, form, status=422)
    try:
        if approves:
            deciding.approve(found, by=user, at=now, answer=request.POST.get("answer", ""))
        else:
            deciding.refuse(found, by=user, at=now, answer=form.cleaned_data["answer"])
    except NotAcceptable as refused:
        messages.error(request, said(refused.message))
        return redirect(found)
    messages.success(request, _done(found, user) if approves else _("Refused. Nothing is accepted."))
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
def acceptance_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirmed by typing its number."""
    user = member(request)
    found = acceptance_for(user, pk, Act.ACCEPT_RISK)
    tried = request.POST.get("number", "").strip().removeprefix("#") if request.method == "POST" else None
    if accepting.is_over(found):
        messages.warning(request, _("It has ended already, so nothing was changed."))
        return redirect(found)
    if tried != str(found.pk):
        context = {"acceptance": found, "tried": tried, "count": findings_for(user).filter(acceptance=found).count()}
        return render(request, "posture/acceptance_end.html", context, status=200 if tried is None else 422)
    count = accepting.end(found, by=user, at=timezone.now())
    text = ngettext("Ended. %(n)d finding is open again.", "Ended. %(n)d findings are open again.", count)
    messages.success(request, text % {"n": count})
    return redirect(found)


@require_POST
def acceptance_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding out of whatever holds it."""
    user = member(request)
    found = finding_for(user, pk, Act.ACCEPT_RISK)
    if accepting.take_back([found.pk], by=user, at=timezone.now()):
        messages.success(request, _("Taken back. The finding is open again."))
    else:
        messages.warning(request, _("The finding is not accepted, so nothing was taken back."))
    return redirect(f"{found.get_absolute_url()}{walking.onward(request.GET)}")


@require_POST
def acceptance_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """No to what a label proposes."""
    user = member(request)
    found = acceptance_for(user, pk, Act.ACCEPT_RISK)
    try:
        deciding.decline(found, by=user, at=timezone.now(), answer=request.POST.get("answer", ""))
    except NotAcceptable as refused:
        messages.error(request, said(refused.message))
    else:
        messages.success(request, _("Refused. The label does not propose it again in the same words."))
    return redirect(f"{reverse('acceptances')}?tab={table.PROPOSED}")
