"""/settings/people/: who may come in, and what each may do where."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from secdash.accounts import factors, inviting, mail, recovering
from secdash.accounts import people as changing
from secdash.accounts.access import member, needs
from secdash.accounts.again import asks_again
from secdash.accounts.models import Invitation, User
from secdash.accounts.roles import Act, Role
from secdash.accounts.showing import device
from secdash.fleet import people
from secdash.fleet.people_forms import InviteForm, RightsForm


@require_safe
@needs(Act.MANAGE_PEOPLE)
def people_page(request: HttpRequest) -> HttpResponse:
    context = {
        "people": people.listed(),
        "invitations": people.with_names(Invitation.objects.open(timezone.now())),
    }
    return render(request, "fleet/people.html", context)


@needs(Act.MANAGE_PEOPLE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people_invite(request: HttpRequest) -> HttpResponse:
    """The answer to the form holds the link; it can be shown this once."""
    form = InviteForm(request.POST or None, initial={"role": Role.VIEWER, "reach": User.Reach.ALL})
    if not (form.is_bound and form.is_valid()):
        context = {"form": form, "has_mail": mail.is_set_up()}
        return render(request, "fleet/people_invite.html", context, status=422 if form.is_bound else 200)
    asked = form.cleaned_data
    made, link = inviting.invite(
        role=Role(asked["role"]),
        reach=User.Reach(asked["reach"]),
        groups=form.group_roles(),
        email=asked["email"],
        by=member(request),
        at=timezone.now(),
    )
    return render(request, "fleet/people_link.html", {"link": link, "invitation": made, "mailed": _mailed(made, link)})


@require_POST
@needs(Act.MANAGE_PEOPLE)
def people_invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Invitation, pk=pk)
    if inviting.withdraw(found, by=member(request), at=timezone.now()):
        messages.success(request, _("The invitation is withdrawn. Its link is no longer good."))
    else:
        messages.info(request, _("That invitation was used, withdrawn or too old already."))
    return redirect("people")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Act.MANAGE_PEOPLE)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(people.listed(), pk=pk)
    form = RightsForm(request.POST or None, initial=RightsForm.initial_of(found))
    if form.is_bound and form.is_valid():
        return _give(request, found, form)
    return _person_page(request, found, form, status=422 if form.is_bound else 200)


@require_POST
@needs(Act.MANAGE_PEOPLE)
def person_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(User, pk=pk)
    try:
        changing.deactivate(found, by=member(request), at=timezone.now())
    except changing.LastAdministrator:
        messages.error(request, _last())
    else:
        messages.success(request, _("%(name)s is deactivated and signed out everywhere.") % {"name": found.username})
    return redirect("person", pk)


@require_POST
@needs(Act.MANAGE_PEOPLE)
def person_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(User, pk=pk)
    changing.reactivate(found, by=member(request), at=timezone.now())
    messages.success(request, _("%(name)s can sign in again.") % {"name": found.username})
    return redirect("person", pk)


@require_POST
@needs(Act.MANAGE_PEOPLE)
def person_sign_out(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(User, pk=pk)
    changing.end_sessions(found, by=member(request), at=timezone.now())
    messages.success(request, _("%(name)s is signed out everywhere.") % {"name": found.username})
    return redirect("person", pk)


@require_POST
@needs(Act.MANAGE_PEOPLE)
@asks_again
@never_cache
def person_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A link by which they choose a new password, shown this once."""
    found = get_object_or_404(User, pk=pk, is_active=True)
    link = recovering.link_for(found, by=member(request), at=timezone.now())
    return render(request, "fleet/person_link.html", {"link": link, "person": found})


@require_POST
@needs(Act.MANAGE_PEOPLE)
@asks_again
def person_factors_reset(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(User, pk=pk)
    factors.reset(found, by=member(request))
    messages.success(request, _("The second factors of %(name)s are removed.") % {"name": found.username})
    return redirect("person", pk)


def _give(request: HttpRequest, found: User, form: RightsForm) -> HttpResponse:
    by, at = member(request), timezone.now()
    role, reach = Role(form.cleaned_data["role"]), User.Reach(form.cleaned_data["reach"])
    try:
        people.give(found, role=role, reach=reach, groups=form.group_roles(), by=by, at=at)
    except changing.LastAdministrator:
        form.add_error("role", _last())
        return _person_page(request, found, form, status=422)
    messages.success(request, _("Saved."))
    return redirect("person", found.pk)


def _person_page(request: HttpRequest, found: User, form: RightsForm, *, status: int = 200) -> HttpResponse:
    devices = [(each, device(each.user_agent)) for each in people.sessions_of(found)]
    return render(request, "fleet/person.html", {"person": found, "form": form, "devices": devices}, status=status)


def _mailed(invitation: Invitation, link: str) -> str:
    """What became of the mail: "", "sent" or "failed"."""
    if not invitation.email or not mail.is_set_up():
        return ""
    try:
        inviting.mail_link(invitation, link)
    except mail.NotSent:
        return "failed"
    return "sent"


def _last() -> str:
    return _("This is the last administrator. Make another one first.")
