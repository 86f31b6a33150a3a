"""Switching live watching on and off."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from secdash.accounts.access import member
from secdash.accounts.roles import Act
from secdash.fleet.access import host_for
from secdash.watching import services
from secdash.watching.models import Watch


@require_POST
def host_watch(request: HttpRequest, slug: str) -> HttpResponse:
    host = host_for(member(request), slug, Act.MANAGE_HOSTS)
    mode = request.POST.get("mode", "")
    if mode not in Watch.Mode.values:
        return HttpResponseBadRequest()
    services.choose(host, mode, by=member(request), at=timezone.now())
    messages.success(request, _said(mode) % {"name": host.name})
    return redirect(host)


def _said(mode: str) -> str:
    if mode == Watch.Mode.LIVE:
        return _("%(name)s is watched live within seconds, as long as a watcher runs.")
    return _("%(name)s is not watched between its scans any more.")
