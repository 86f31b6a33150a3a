"""Adding, changing and removing hosts."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from secdash.accounts.access import member
from secdash.accounts.roles import Act
from secdash.fleet import access, services
from secdash.fleet.forms import PLANNED, ConnectionForm, HostForm, SettingsForm


@access.needs_somewhere(Act.MANAGE_HOSTS)
@require_http_methods(["GET", "POST"])
def host_add(request: HttpRequest) -> HttpResponse:
    form = HostForm(request.POST or None, user=member(request))
    if request.method == "POST" and form.is_valid():
        host = services.register(**form.details(), at=timezone.now())
        messages.success(
            request, _("%(name)s is registered. Its first scan starts within seconds.") % {"name": host.name}
        )
        return redirect(host)
    status = 422 if form.is_bound else 200
    return render(request, "fleet/host_add.html", {"form": form, "planned": PLANNED}, status=status)


@access.needs_somewhere(Act.MANAGE_HOSTS)
@require_POST
def host_test(request: HttpRequest) -> HttpResponse:
    form = ConnectionForm(request.POST)
    answer = services.try_connection(form.url) if form.is_valid() else None
    return render(request, "fleet/_connection_test.html", {"form": form, "answer": answer})


@require_http_methods(["GET", "POST"])
def host_edit(request: HttpRequest, slug: str) -> HttpResponse:
    user = member(request)
    host = access.host_for(user, slug, Act.MANAGE_HOSTS)
    form = SettingsForm.of(host, request.POST if request.method == "POST" else None, user=user)
    if form.is_bound and form.is_valid():
        services.change(host, **form.details(), at=timezone.now())
        messages.success(request, _("The settings of %(name)s are saved.") % {"name": host.name})
        return redirect(host)
    status = 422 if form.is_bound else 200
    return render(request, "fleet/host_edit.html", {"form": form, "host": host}, status=status)


@require_http_methods(["GET", "POST"])
def host_remove(request: HttpRequest, slug: str) -> HttpResponse:
    host = access.host_for(member(request), slug, Act.MANAGE_HOSTS)
    if request.method == "POST" and request.POST.get("name") == host.name:
        services.remove(host)
        messages.success(request, _("%(name)s is removed, with its scans and findings.") % {"name": host.name})
        return redirect("hosts")
    return render(request, "fleet/host_remove.html", {"host": host, "tried": request.POST.get("name")})
