"""The policy: due dates and limits of acceptance by severity."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from secdash.accounts.access import member, needs
from secdash.accounts.roles import Act
from secdash.findings import policy as rules
from secdash.findings.acceptance_forms import PolicyForm


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Act.SET_POLICY)
def policy(request: HttpRequest) -> HttpResponse:
    form = PolicyForm(request.POST or None, policy=rules.current())
    if request.method != "POST":
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=422)
    if rules.change(form.rules(), by=member(request), at=timezone.now()):
        messages.success(request, _("Saved. It holds for what opens, and what is accepted, from now on."))
    else:
        messages.info(request, _("Nothing differs from what was set."))
    return redirect("policy")


@require_POST
@needs(Act.SET_POLICY)
def policy_dues(request: HttpRequest) -> HttpResponse:
    """Every open finding gets the policy's due date, once somebody confirmed that dates set by hand are lost."""
    if request.POST.get("sure") != "yes":
        form = PolicyForm(policy=rules.current())
        return _page(request, form, status=422, unsure=True)
    count = rules.set_open_dues(by=member(request), at=timezone.now())
    text = ngettext("%(n)d due date was set anew.", "%(n)d due dates were set anew.", count)
    messages.success(request, text % {"n": count})
    return redirect("policy")


def _page(request: HttpRequest, form: PolicyForm, *, status: int = 200, unsure: bool = False) -> HttpResponse:
    context = {"form": form, "unsure": unsure, "open": rules.open_count()}
    return render(request, "posture/policy.html", context, status=status)
