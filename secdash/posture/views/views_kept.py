"""Saving the list's filters as a view, changing a view, removing it, beginning with it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from secdash.accounts.access import member
from secdash.accounts.roles import Act
from secdash.findings import saved_views
from secdash.findings.access import view_for
from secdash.findings.models import SavedView
from secdash.findings.saved_views import CannotSave
from secdash.posture.filters import Filters
from secdash.posture.saved import address
from secdash.web.saying import said

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
def view_save(request: HttpRequest) -> HttpResponse:
    """The form for the filters that the address has, and the view that it makes."""
    user, query = member(request), Filters.of(QueryDict(request.POST.get("query", ""))).query()
    if request.method != "POST":
        return _form(request, None, query=Filters.of(request.GET).query())
    try:
        view = saved_views.save(
            user, name=request.POST.get("name", ""), query=query, audience=_audience(request), at=timezone.now()
        )
    except CannotSave as error:
        return _form(request, None, query=query, wrong=said(error.message))
    if "first" in request.POST:
        saved_views.begin_with(user, view)
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return redirect(address(view.query))


@require_http_methods(["GET", "HEAD", "POST"])
def view_change(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own view: its name, for whom it is, and whether it takes the filters that the list has now."""
    user, view = member(request), view_for(member(request), pk)
    if view.owner_id != user.pk:
        raise PermissionDenied
    query = Filters.of(QueryDict(request.POST.get("query", request.GET.get("query", view.query)))).query()
    if request.method != "POST":
        return _form(request, view, query=query)
    replaced = query if "replace" in request.POST else None
    try:
        name, audience = request.POST.get("name", ""), _audience(request)
        saved_views.change(view, name=name, audience=audience, query=replaced, by=user)
    except CannotSave as error:
        return _form(request, view_for(user, pk), query=query, wrong=said(error.message))
    messages.success(request, _("The view “%(name)s” is changed.") % {"name": view.name})
    return redirect(address(view.query))


@require_http_methods(["GET", "HEAD", "POST"])
def view_remove(request: HttpRequest, pk: int) -> HttpResponse:
    user, view = member(request), view_for(member(request), pk)
    if view.owner_id != user.pk:
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "posture/view_remove.html", {"view": view, "view_url": address(view.query)})
    saved_views.remove(view, by=user)
    messages.success(request, _("The view “%(name)s” is removed.") % {"name": view.name})
    return redirect(f"{reverse('findings')}?state=open")


@require_POST
def view_default(request: HttpRequest) -> HttpResponse:
    """Begin with a view, or with none where none is named."""
    user, asked = member(request), request.POST.get("view", "")
    view = view_for(user, int(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None
    saved_views.begin_with(user, view)
    if view is None:
        messages.success(request, _("Your list of findings begins with everything that is open."))
        return redirect(f"{reverse('findings')}?state=open")
    messages.success(request, _("Your list of findings begins with “%(name)s” from now on.") % {"name": view.name})
    return redirect(address(view.query))


def _audience(request: HttpRequest) -> str:
    everybody = request.POST.get("audience") == SavedView.Audience.EVERYBODY
    return SavedView.Audience.EVERYBODY if everybody else SavedView.Audience.OWNER


def _form(request: HttpRequest, view: SavedView | None, *, query: str, wrong: str = "") -> HttpResponse:
    audience = _audience(request) if request.method == "POST" or view is None else view.audience
    context = {
        "view": view,
        "query": query,
        "differs": view is not None and view.query != query,
        "name": request.POST.get("name", view.name if view else ""),
        "audience": audience,
        "may_share": member(request).can(Act.SHARE_VIEWS),
        "ticked": [name for name in ("first", "replace") if name in request.POST],
        "wrong": wrong,
        "back": f"{reverse('findings')}?{query or 'state=open'}",
    }
    return render(request, "posture/view_form.html", context, status=UNPROCESSABLE if wrong else 200)
