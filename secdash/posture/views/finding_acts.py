"""What people do on the page of a finding. Each act leads back to the page, at the place where it shows."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secdash.accounts import carrying
from secdash.accounts.access import member
from secdash.accounts.roles import Act
from secdash.findings import assigning, talking
from secdash.findings.access import comment_for, finding_for
from secdash.findings.models import Finding
from secdash.findings.work_forms import AssignForm, CommentForm, DueForm
from secdash.posture import walking
from secdash.posture.views.finding import page
from secdash.scans import asking_again
from secdash.web.saying import said


@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    found = finding_for(member(request), pk, Act.TRIAGE)
    form = AssignForm(request.POST, people=assigning.those_who_see(found))
    if not form.is_valid():
        return page(request, found, status=422, assign_form=form)
    person = form.cleaned_data["assignee"]
    assigning.assign_one(found, person, by=member(request), at=timezone.now())
    messages.success(
        request, _("Assigned to %(name)s.") % {"name": person.display_name} if person else _("Assigned to nobody.")
    )
    return _back(request, found)


@require_POST
def set_due(request: HttpRequest, pk: int) -> HttpResponse:
    found, now = finding_for(member(request), pk, Act.TRIAGE), timezone.now()
    form = DueForm(request.POST, today=now.date())
    if not form.is_valid():
        return page(request, found, status=422, due_form=form)
    assigning.set_due_of_one(found, form.cleaned_data["day"], by=member(request), at=now)
    messages.success(request, _("The due date is set.") if form.cleaned_data["day"] else _("It has no due date now."))
    return _back(request, found)


@carrying.carries("finding")
@require_POST
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    found = finding_for(member(request), pk, Act.DISCUSS)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return page(request, found, status=422, comment_form=form)
    written = talking.comment(found, form.cleaned_data["body"], by=member(request), at=timezone.now())
    carrying.let_go(request)
    return _back(request, found, f"C{written.pk}")


@require_POST
def change_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """`act` is remove, or anything else for new words."""
    written, user = comment_for(member(request), pk, Act.DISCUSS), member(request)
    if not talking.is_own(written, user):
        raise PermissionDenied
    if request.POST.get("act") == "remove":
        talking.remove(written, by=user, at=timezone.now())
        messages.success(request, _("Your comment is removed."))
        return _back(request, written.finding, f"C{written.pk}")
    form = CommentForm(request.POST)
    if not form.is_valid():
        found = finding_for(user, written.finding_id)
        return page(request, found, status=422, change_form=form, changing=written.pk)
    talking.change(written, form.cleaned_data["body"], by=user, at=timezone.now())
    return _back(request, written.finding, f"C{written.pk}")


@require_POST
def check_again(request: HttpRequest, pk: int) -> HttpResponse:
    found = finding_for(member(request), pk, Act.SCAN)
    try:
        asking_again.request(found, by=member(request), at=timezone.now())
    except asking_again.NotAskable as error:
        messages.error(request, said(error.message))
    return _back(request, found, "again")


def _back(request: HttpRequest, found: Finding, place: str = "") -> HttpResponse:
    url = found.get_absolute_url() + walking.onward(request.GET)
    return redirect(f"{url}#{place}" if place else url)
