"""The findings page: filtered by its address, grouped by check, opened up in place, exported as shown."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from secdash.accounts.access import member
from secdash.checks import CATALOGUE
from secdash.findings.access import findings_for
from secdash.fleet.access import hosts_for
from secdash.posture import export, groups
from secdash.posture.choices import choices
from secdash.posture.filters import STATES, Filters, in_state

KINDS_OF_FILE = {"csv": (export.as_csv, "text/csv"), "json": (export.as_json, "application/json")}


@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    user, filters = member(request), Filters.of(request.GET)
    offered = choices(user, filters)
    page = groups.page(user, filters)
    opened = request.GET.get("expand", "")
    context = {
        "page": page,
        "filters": filters,
        "choices": offered,
        "chips": list(filters.chips(offered.names())),
        "tabs": [(state, filters.query(state=state), page.tabs[state]) for state in STATES],
        "query": filters.query(),
        "opened": opened,
        **(_opened(request, opened, filters) if opened in CATALOGUE else {}),
    }
    return render(request, "posture/findings.html", context)


@require_safe
def finding_group(request: HttpRequest, check: str) -> HttpResponse:
    """One group, open or (with `closed`) shut, for the list to put in its place."""
    filters = Filters.of(request.GET)
    group = groups.group(member(request), check, filters)
    if group is None:
        raise Http404
    closed = "closed" in request.GET
    context = {"group": group, "query": filters.query(), "opened": "" if closed else check}
    return render(
        request, "posture/_group.html", context if closed else {**context, **_opened(request, check, filters)}
    )


def _opened(request: HttpRequest, check: str, filters: Filters) -> dict[str, Any]:
    asked = request.GET.get("rows", "")
    most = int(asked) if asked.isdecimal() and len(asked) < 6 else groups.FIRST_ROWS
    rows = groups.rows(member(request), check, filters, most=most)
    more = urlencode({"expand": check, "rows": rows.next_rows})
    return {"rows": rows, "more_query": f"{filters.query()}&{more}".lstrip("&")}


@require_safe
def findings_export(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    filters = Filters.of(request.GET)
    user = member(request)
    write, content_type = KINDS_OF_FILE[kind]
    found = in_state(filters.within(findings_for(user), hosts_for(user)), filters.state)
    response = StreamingHttpResponse(write(found), content_type=f"{content_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="findings.{kind}"'
    return response
