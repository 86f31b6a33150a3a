"""Doing something to many findings: what the action bar of the list sends, how far it got, and taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from secdash.accounts.access import member
from secdash.accounts.roles import Act
from secdash.findings import bulk
from secdash.findings.access import bulk_act_for
from secdash.findings.bulk_forms import FORMS
from secdash.findings.bulk_kinds import ACTS
from secdash.findings.models import BulkAct
from secdash.fleet.access import acts_somewhere
from secdash.posture.accepting_effect import effect
from secdash.posture.bar import RESCAN, heading
from secdash.posture.rescanning import rescan
from secdash.posture.selection import Selection

UNPROCESSABLE = 422


@require_POST
def findings_act(request: HttpRequest) -> HttpResponse:
    """First asks for what the act needs, then (with `sure`) begins it and leads back to the list."""
    user, selection, kind = member(request), Selection.of(request.POST), request.POST.get("act", "")
    if kind not in FORMS and kind != RESCAN:
        raise Http404
    if not selection:
        messages.error(request, _("Choose findings first, then what to do with them."))
        return redirect(f"{reverse('findings')}?{selection.filters.query()}")
    if kind == RESCAN:
        return _rescan(request, selection)
    ACTS[kind].allow(user)
    chosen = selection.found(user)
    found = bulk.theirs(kind, chosen, user)
    data = request.POST if "sure" in request.POST else None
    form = FORMS[kind](data, initial={"assignee": user.pk}, found=found)
    count = found.count()
    if form.is_bound and count and form.is_valid():
        act = bulk.request(kind, form.arguments(), found, by=user, at=timezone.now())
        return redirect(f"{reverse('findings')}?{selection.filters.query()}&act={act.pk}")
    context = {
        "form": form,
        "kind": kind,
        "count": count,
        "left_out": 0 if found is chosen else chosen.count() - count,
        "heading": heading(kind, count),
        "fields": list(selection.fields()),
        "query": selection.filters.query(),
        "effect": effect(user, found) if kind == BulkAct.Kind.ACCEPT else None,
    }
    template = "posture/_act_form.html" if getattr(request, "htmx", False) else "posture/act.html"
    return render(request, template, context, status=UNPROCESSABLE if form.is_bound else 200)


def _rescan(request: HttpRequest, selection: Selection) -> HttpResponse:
    user = member(request)
    if Act.SCAN not in acts_somewhere(user):
        raise PermissionDenied
    found = selection.found(user)
    count = rescan(found, by=user, at=timezone.now())
    text = ngettext("%(count)d scan is queued.", "%(count)d scans are queued.", count) % {"count": count}
    if left := found.order_by().values("host").distinct().count() - count:
        text = f"{text} {_left_out(left)}"
    messages.success(request, text)
    return redirect(f"{reverse('findings')}?{selection.filters.query()}")


def _left_out(hosts: int) -> str:
    text = ngettext(
        "%(count)d host is left out: you may not scan it.",
        "%(count)d hosts are left out: you may not scan them.",
        hosts,
    )
    return text % {"count": hosts}


@require_safe
def bulk_act(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "posture/bulk_act.html", {"act": bulk_act_for(member(request), pk)})


@require_safe
def bulk_act_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment that every place which shows the act asks for while it is under way."""
    return render(request, "posture/_bulk_act.html", {"act": bulk_act_for(member(request), pk)})


@require_POST
def bulk_act_undo(request: HttpRequest, pk: int) -> HttpResponse:
    act = bulk_act_for(member(request), pk)
    if act.by != request.user:
        raise PermissionDenied
    if not bulk.undo(act, at=timezone.now()):
        messages.error(request, _("There is nothing to take back any more."))
    return redirect("bulk-act", pk)
