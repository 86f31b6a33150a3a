"""Adding a host that nobody connects to."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from secdash.accounts.access import member
from secdash.accounts.roles import Act
from secdash.fleet import access, uploading
from secdash.fleet.forms import OfflineForm


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs_somewhere(Act.MANAGE_HOSTS)
def host_add_offline(request: HttpRequest) -> HttpResponse:
    user = member(request)
    form = OfflineForm(request.POST if request.method == "POST" else None, user=user)
    if not (form.is_bound and form.is_valid()):
        return render(request, "fleet/host_add_offline.html", {"form": form}, status=422 if form.is_bound else 200)
    host = uploading.register(**form.details(), by=user, at=timezone.now())
    messages.success(request, _("%(name)s is registered. Its first snapshot is yours to bring.") % {"name": host.name})
    return redirect("host-snapshots", host.slug)
