"""One finding, with the guide's explanation and the fix written for its subject."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from secdash.accounts import carrying
from secdash.accounts.access import member
from secdash.accounts.roles import Act
from secdash.findings.access import finding_for
from secdash.findings.assigning import those_who_see
from secdash.findings.models import Finding
from secdash.findings.work_forms import AssignForm, CommentForm, DueForm
from secdash.fleet.access import acts_on
from secdash.posture import walking
from secdash.posture.context import rooms_of
from secdash.posture.detail import detail, mended
from secdash.posture.explaining import explained
from secdash.posture.views.common import spoken


@require_safe
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """What a signed-out person wrote as a comment waits for them in the form."""
    found = finding_for(member(request), pk)
    waiting = carrying.kept(request)
    return page(request, found, comment_form=CommentForm(initial={"body": waiting.get("body", "")}))


def page(request: HttpRequest, found: Finding, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page; a form that was refused takes the place of the fresh one, with what was typed."""
    user, today = member(request), timezone.now().date()
    people, acts = those_who_see(found), acts_on(user, found.host)
    shown = detail(user, found, rooms_of(request, user).mark, people, whole=request.GET.get("fix") == "all")
    context = {
        "finding": found,
        "page": shown,
        "guide": explained(found.check_name, found),
        "scan": shown.under_way,
        "may_scan": Act.SCAN in acts,
        "may_triage": Act.TRIAGE in acts,
        "may_discuss": Act.DISCUSS in acts,
        "may_accept": Act.ACCEPT_RISK in acts,
        "assign_form": AssignForm(initial={"assignee": found.assignee_id}, people=people),
        "due_form": DueForm(initial={"day": found.due_on}, today=today),
        "comment_form": CommentForm(),
        "change_form": None,
        "changing": 0,  # the comment that `change_form` would change
        "walk": walking.walk(user, found, request.GET, rooms_of(request, user).mark),
        "onward": walking.onward(request.GET),
        **forms,
    }
    return render(request, "posture/finding.html", context, status=status)


@require_safe
def finding_fix(request: HttpRequest, pk: int) -> HttpResponse:
    """The fix of one finding as it stands in a live block of the guide, in the language of the article."""
    found = finding_for(member(request), pk)
    with translation.override(spoken(request)):
        return render(request, "posture/_live_fix.html", {"finding": found, "mending": mended(found)})
