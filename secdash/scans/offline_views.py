"""The page of a host that nobody reaches: what to run there, and where to bring what it wrote."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from secdash.accounts.access import member
from secdash.accounts.roles import Act
from secdash.facts.offline.assembling import assembled
from secdash.facts.offline.envelope import LARGEST, Refused
from secdash.fleet import uploading
from secdash.fleet.access import acts_on, host_for
from secdash.fleet.models import Host
from secdash.scans import offline, uploads
from secdash.web.saying import said


class SnapshotForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Snapshot"), help_text=gettext_lazy("The file that secdash-collect wrote.")
    )

    @property
    def data_given(self) -> bytes:
        return bytes(self.cleaned_data["file"].read(LARGEST + 1))


def offline_host(request: HttpRequest, slug: str, act: Act) -> Host:
    """Raises Http404 for a host that secdash connects to."""
    host = host_for(member(request), slug, act)
    if not host.is_offline:
        raise Http404
    return host


@require_http_methods(["GET", "HEAD", "POST"])
def host_snapshots(request: HttpRequest, slug: str) -> HttpResponse:
    host = offline_host(request, slug, Act.SCAN)
    form = SnapshotForm(request.POST, request.FILES) if request.method == "POST" else SnapshotForm()
    if not (form.is_bound and form.is_valid()):
        return _shown(request, host, form)
    try:
        offline.take(host, form.data_given, by=member(request), at=timezone.now())
    except Refused as refused:
        form.add_error("file", said(refused.message))
        return _shown(request, host, form)
    messages.success(request, _("The snapshot of %(name)s is uploaded and is judged now.") % {"name": host.name})
    return redirect(host)


def _shown(request: HttpRequest, host: Host, form: SnapshotForm) -> HttpResponse:
    context: dict[str, Any] = {
        "host": host,
        "form": form,
        "upload": uploads.newest(host),
        "next_due": uploads.expected_at(host),
        "overdue": uploads.is_overdue(host, timezone.now()),
        "may_manage": Act.MANAGE_HOSTS in acts_on(member(request), host),
    }
    return render(request, "scans/snapshots.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def host_collector(request: HttpRequest, slug: str) -> HttpResponse:
    """The file to run: asked for with a POST it has the host's key inside, and that is entered in the log."""
    host = offline_host(request, slug, Act.MANAGE_HOSTS)
    key = uploading.hand_out(host, by=member(request), at=timezone.now()) if request.method == "POST" else ""
    response = HttpResponse(assembled(key), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="secdash-collect.py"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def host_upload_key(request: HttpRequest, slug: str) -> HttpResponse:
    host = offline_host(request, slug, Act.MANAGE_HOSTS)
    uploading.renew_key(host, by=member(request), at=timezone.now())
    messages.success(request, _("%(name)s has a new key. Download secdash-collect again.") % {"name": host.name})
    return redirect("host-snapshots", host.slug)
