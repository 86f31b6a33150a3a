"""The hosts, one host, one container of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from secdash.accounts.access import member
from secdash.accounts.roles import Act
from secdash.fleet.access import acts_on, acts_somewhere, host_for, hosts_where, needs_somewhere
from secdash.fleet.exchange import writing
from secdash.fleet.models import Host
from secdash.posture import containers_export, hosts_export
from secdash.posture import host as host_figures
from secdash.posture.asked_days import day_of
from secdash.posture.container import container_page, hardened_file
from secdash.posture.context import rooms_of
from secdash.posture.exports import sheets
from secdash.posture.host import Asked
from secdash.posture.hosts import HostFilters, hosts_page, sorted_rows
from secdash.posture.scan_calendar import calendar
from secdash.posture.timeline import KINDS, timeline
from secdash.posture.troubles import trouble

REGISTERS: dict[str, tuple[Callable[[Iterable[Host]], Iterator[str]], str]] = {
    "csv": (writing.as_csv, "text/csv"),
    "yaml": (writing.as_yaml, "application/yaml"),
}


@require_safe
def hosts(request: HttpRequest) -> HttpResponse:
    user, filters = member(request), HostFilters.of(request.GET)
    acts, rooms, now = acts_somewhere(user), rooms_of(request, user), timezone.now()
    context = {
        "page": hosts_page(user, filters, rooms, request.GET.get("page", "1"), now=now),
        "trouble": trouble(rooms, now=now),
        "may_add": Act.MANAGE_HOSTS in acts,
        "may_scan": Act.SCAN in acts,
        "may_manage_all": user.can(Act.MANAGE_HOSTS),
        "export_kinds": sheets.LABELS,
    }
    return render(request, "posture/hosts.html", context)


@require_safe
def hosts_file(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    user = member(request)
    rows = sorted_rows(user, HostFilters.of(request.GET), rooms_of(request, user), now=timezone.now())
    return sheets.response(hosts_export.sheet(user, rows), kind)


@require_safe
@needs_somewhere(Act.MANAGE_HOSTS)
def hosts_register(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """What can be imported again: how the hosts that are asked for are called and reached, and no figures."""
    managed = hosts_where(member(request), Act.MANAGE_HOSTS)
    chosen = HostFilters.of(request.GET).within(managed, now=timezone.now()).by_name()
    write, content_type = REGISTERS[kind]
    pieces = write(chosen.prefetch_related("tags").iterator(chunk_size=500))
    response = StreamingHttpResponse(pieces, content_type=f"{content_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="register.{kind}"'
    return response


@require_safe
def host(request: HttpRequest, slug: str) -> HttpResponse:
    user = member(request)
    found = host_for(user, slug)
    acts = acts_on(user, found)
    asked = Asked(request.GET.get("page", "1"), request.GET.get("ports", "1"), "all" in request.GET)
    context = {
        "host": found,
        "page": host_figures.host_page(found, asked, now=timezone.now()),
        "may_scan": Act.SCAN in acts,
        "may_manage": Act.MANAGE_HOSTS in acts,
        "export_kinds": sheets.LABELS,
    }
    return render(request, "posture/host.html", context)


@require_safe
def containers_file(request: HttpRequest, slug: str, kind: str) -> StreamingHttpResponse:
    return sheets.response(containers_export.sheet(host_for(member(request), slug)), kind)


@require_safe
def host_timeline(request: HttpRequest, slug: str) -> HttpResponse:
    user, query = member(request), request.GET
    found, now = host_for(user, slug), timezone.now()
    today = timezone.localdate(now)
    until = day_of(query.get("until", "")) or today
    context = {
        "host": found,
        "page": timeline(found, until, now=now, reader=user, only=query.get("kind", "")),
        "kinds": [("", pgettext("timeline", "Everything")), *KINDS.items()],
        "calendar": calendar(found, today=today),
    }
    return render(request, "posture/host_timeline.html", context)


@require_safe
def container(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    found = host_for(member(request), slug)
    page = container_page(found, key)
    if page is None:
        raise Http404
    return render(request, "posture/container.html", {"host": found, "key": key, "page": page})


@require_safe
def hardened(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The container's hardened Compose file, to keep."""
    text = hardened_file(host_for(member(request), slug), key)
    if text is None:
        raise Http404
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="compose.yaml"'
    return response
