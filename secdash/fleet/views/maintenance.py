"""Maintenance windows: those that are open or to come, a new one, an early end."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from secdash.accounts.access import member
from secdash.accounts.roles import Act
from secdash.fleet import access, maintenance
from secdash.fleet.maintenance_forms import HOST, WindowForm

USUAL = timedelta(hours=2)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs_somewhere(Act.MANAGE_HOSTS)
def windows(request: HttpRequest) -> HttpResponse:
    user, now = member(request), timezone.now()
    start = timezone.localtime(now).replace(second=0, microsecond=0)
    initial = {"target": f"{HOST}:{request.GET.get('host', '')}", "starts_at": start, "ends_at": start + USUAL}
    form = WindowForm(request.POST if request.method == "POST" else None, user=user, initial=initial)
    if form.is_bound and form.is_valid():
        maintenance.announce(form.chosen, **form.values(), by=user, at=now)
        messages.success(request, _("The window is announced."))
        return redirect("maintenance")
    found = [(window, maintenance.manages(user, window)) for window in maintenance.windows_for(user).not_over(now)]
    status = 422 if form.is_bound else 200
    return render(request, "fleet/maintenance.html", {"form": form, "windows": found, "now": now}, status=status)


@require_POST
def window_end(request: HttpRequest, pk: int) -> HttpResponse:
    user, now = member(request), timezone.now()
    window = get_object_or_404(maintenance.windows_for(user).not_over(now), pk=pk)
    maintenance.end(window, by=user, at=now)
    messages.success(request, _("The window is over."))
    return redirect("maintenance")
