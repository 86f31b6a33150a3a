"""Adding, changing and removing hosts."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from secdash.accounts.access import member
from secdash.accounts.roles import Act
from secdash.fleet import access, connecting, drafts, services
from secdash.fleet.forms import HostForm, SettingsForm
from secdash.fleet.views.filling import kept_for, shown


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs_somewhere(Act.MANAGE_HOSTS)
@sensitive_post_parameters()
def host_add(request: HttpRequest) -> HttpResponse:
    user, now = member(request), timezone.now()
    data = request.POST if request.method == "POST" else None
    form = HostForm(data, request.FILES, kept=kept_for(request, now), user=user)
    if not form.is_bound:
        return shown(request, "fleet/host_add.html", form, at=now)
    if not form.is_valid():
        return shown(request, "fleet/host_add.html", form, at=now, status=422)
    if form.waits_for_host_key:
        answer = connecting.ask_host_key(form.endpoint.url)
        return shown(request, "fleet/host_add.html", form, at=now, status=422, answer=answer)
    host = services.register(**form.details(), by=user, at=now)
    drafts.forget(request.session, form.cleaned_data["kept"], at=now)
    messages.success(request, _("%(name)s is registered. Its first scan starts within seconds.") % {"name": host.name})
    return redirect(host)


@require_http_methods(["GET", "HEAD", "POST"])
def host_edit(request: HttpRequest, slug: str) -> HttpResponse:
    user = member(request)
    host = access.host_for(user, slug, Act.MANAGE_HOSTS)
    form = SettingsForm.of(host, request.POST if request.method == "POST" else None, user=user)
    if form.is_bound and form.is_valid():
        services.change(host, **form.details(), by=user, at=timezone.now())
        messages.success(request, _("The settings of %(name)s are saved.") % {"name": host.name})
        return redirect(host)
    status = 422 if form.is_bound else 200
    return render(request, "fleet/host_edit.html", {"form": form, "host": host}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def host_remove(request: HttpRequest, slug: str) -> HttpResponse:
    user = member(request)
    host = access.host_for(user, slug, Act.MANAGE_HOSTS)
    if request.method == "POST" and request.POST.get("name") == host.name:
        services.remove(host, by=user, at=timezone.now())
        messages.success(request, _("%(name)s is removed, with its scans and findings.") % {"name": host.name})
        return redirect("hosts")
    return render(request, "fleet/host_remove.html", {"host": host, "tried": request.POST.get("name")})
