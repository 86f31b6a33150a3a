"""The findings page: filtered by its address, grouped, opened up in place, chosen from, exported as shown."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from secdash.accounts.access import member
from secdash.posture import export, groups
from secdash.posture.bar import buttons_for
from secdash.posture.context import rooms_of
from secdash.posture.filtering.chips import chips
from secdash.posture.filtering.offers import offers
from secdash.posture.filtering.orders import BYS, SORTS
from secdash.posture.filtering.saying import names_for
from secdash.posture.filters import STATES, Filters
from secdash.posture.groups import Group
from secdash.posture.pending import shown_act
from secdash.posture.rows import FIRST_ROWS, rows
from secdash.posture.saved import counted_views
from secdash.posture.selection import Selection


@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    user, filters = member(request), Filters.of(request.GET)
    views = counted_views(user, rooms_of(request, user).hosts_mark)
    first = next((view for view in views if view.is_first), None)
    if first and first.query and not request.GET:
        return redirect(first.url)
    most = _number(request, "groups", groups.FIRST_GROUPS, groups.MOST_GROUPS)
    page = groups.page(user, filters, rooms_of(request, user).mark, most=most)
    opened = next((group for group in page.groups if group.key == request.GET.get("expand")), None)
    context = {
        "page": page,
        "filters": filters,
        "chips": list(chips(filters, names_for(user, filters))),
        "tabs": [(state, filters.having(state=state).query(), page.tabs[state]) for state in STATES],
        "bys": [(by, filters.having(by=by).query()) for by in BYS],
        "sorts": [(sort, filters.having(sort=sort).query()) for sort in SORTS],
        "buttons": buttons_for(user),
        "saved_views": views,  # also for the frame, which else would ask for them again
        "current": next((view for view in views if view.query == filters.query() and filters.query()), None),
        "first": first,
        "act": shown_act(user, request.GET.get("act", "")),
        "query": filters.query(),
        "cleared": Filters(state=filters.state, by=filters.by, sort=filters.sort).query() or f"state={filters.state}",
        "export_kinds": export.labels(),
        "opened": opened.key if opened else None,
        "more_groups": groups.more(len(page.groups)) if page.left else 0,
        **(_opened(request, opened, filters) if opened else {}),
    }
    return render(request, "posture/findings.html", context)


@require_safe
def finding_group(request: HttpRequest) -> HttpResponse:
    """One group, open or (with `closed`) shut, for the list to put in its place."""
    user, filters = member(request), Filters.of(request.GET)
    group = groups.group(user, request.GET.get("key", "").replace("\0", ""), filters)
    if group is None:
        raise Http404
    closed = "closed" in request.GET
    context: dict[str, Any] = {"group": group, "filters": filters, "query": filters.query()}
    opened = {"opened": None} if closed else {"opened": group.key, **_opened(request, group, filters)}
    return render(request, "posture/_group.html", {**context, **opened})


def _opened(request: HttpRequest, group: Group, filters: Filters) -> dict[str, Any]:
    shown = rows(member(request), group, filters, most=_number(request, "rows", FIRST_ROWS, 99999))
    return {"rows": shown, "more_query": f"{filters.query()}&{urlencode({'rows': shown.next_rows})}".lstrip("&")}


def _number(request: HttpRequest, name: str, usual: int, most: int) -> int:
    asked = request.GET.get(name, "")
    return min(int(asked), most) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else usual


@require_safe
def findings_filter(request: HttpRequest) -> HttpResponse:
    """The form of all filters with what each choice would show: a page of its own, or a part of the list."""
    user, filters = member(request), Filters.of(request.GET)
    context = {"filters": filters, "offers": offers(user, filters), "kept": filters.kept(), "query": filters.query()}
    part = getattr(request, "htmx", False)
    return render(request, "posture/_filter_form.html" if part else "posture/filter.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def findings_export(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """What the list shows, or with a POST what was chosen of it."""
    user, chosen = member(request), Selection.of(request.POST)
    if not chosen:
        chosen = Selection(Filters.of(request.GET), matching=True)
    return export.response(chosen.found(user), kind, sort=chosen.filters.sort)
