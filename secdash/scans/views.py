"""Starting scans and watching them; the sample fleet's coming and going."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from secdash.accounts.access import member, needs
from secdash.accounts.roles import Act
from secdash.fleet import services as fleet
from secdash.fleet.access import host_for, hosts_where, needs_somewhere
from secdash.scans import access, services
from secdash.scans.collecting import NEVER_REACHED
from secdash.scans.models import Scan
from secdash.scans.sample import fleet as sample
from secdash.web.saying import said


@require_POST
def scan_now(request: HttpRequest, slug: str) -> HttpResponse:
    host = host_for(member(request), slug, Act.SCAN)
    if host.is_offline:
        messages.info(request, said(NEVER_REACHED))
        return redirect("host-snapshots", host.slug)
    services.request(host, trigger=Scan.Trigger.MANUAL, at=timezone.now(), by=member(request))
    return redirect(_page_before(request) or host.get_absolute_url())


def _page_before(request: HttpRequest) -> str:
    """The page of ours that asked to come back to itself; "" for none, or for an address elsewhere."""
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else ""


@require_POST
@needs_somewhere(Act.SCAN)
def scan_all(request: HttpRequest) -> HttpResponse:
    user = member(request)
    count = services.request_all(hosts_where(user, Act.SCAN).select_related("connection"), at=timezone.now(), by=user)
    messages.success(
        request, ngettext("%(count)d scan is queued.", "%(count)d scans are queued.", count) % {"count": count}
    )
    return redirect("overview")


@require_safe
def scan_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment that a page with a running scan asks for every second; when it is over the page reloads itself."""
    scan = access.scan_for(member(request), pk)
    response = render(request, "scans/_progress.html", {"scan": scan})
    if scan.state not in Scan.ACTIVE:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@needs(Act.MANAGE_HOSTS)
def sample_add(request: HttpRequest) -> HttpResponse:
    sample.load(by=member(request), at=timezone.now())
    messages.success(request, _("The sample fleet is loaded. Its hosts are marked as sample data."))
    return redirect("overview")


@require_POST
@needs(Act.MANAGE_HOSTS)
def sample_remove(request: HttpRequest) -> HttpResponse:
    removed = fleet.remove_samples(by=member(request), at=timezone.now())
    messages.success(
        request,
        ngettext("%(count)d sample host is removed.", "%(count)d sample hosts are removed.", removed)
        % {"count": removed},
    )
    return redirect("overview")
