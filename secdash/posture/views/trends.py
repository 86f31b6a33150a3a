"""The trends page, its data, and each of its tables as a file."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from secdash.accounts.access import member
from secdash.posture.context import rooms_of
from secdash.posture.trends import export
from secdash.posture.trends import page as figures
from secdash.posture.trends.asked import Asked
from secdash.posture.trends.offering import around
from secdash.posture.trends.payload import payload
from secdash.web.drawing_once import drawn


@require_safe
def trends(request: HttpRequest) -> HttpResponse:
    """Its charts are drawn once for everybody who sees the same, until a host is seen."""
    seen = (rooms_of(request, member(request)).live_mark, _today(), get_language(), request.GET.urlencode())
    draw = partial(render_to_string, "posture/_trends.html", request=request)
    charts = drawn.once(repr(("trends", *seen)), lambda: draw(_context(_page(request))))
    return render(request, "posture/trends.html", {"charts": mark_safe(charts)})  # noqa: S308 - a rendered template


def _context(page: figures.Trends) -> dict[str, Any]:
    return {"page": page, "data": payload(page), **around(page, today=_today())}


@require_safe
def trends_data(request: HttpRequest) -> JsonResponse:
    """What the charts of the page with the same query draw."""
    return JsonResponse(payload(_page(request)))


@require_safe
def trends_export(request: HttpRequest, table: str) -> HttpResponse:
    chart = _page(request).charts.get(table)
    if chart is None:
        raise Http404
    response = HttpResponse(export.as_csv(chart.table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="trends-{table}.csv"'
    return response


def _page(request: HttpRequest) -> figures.Trends:
    user = member(request)
    return figures.trends(user, Asked.of(request.GET), today=_today(), mark=rooms_of(request, user).live_mark)


def _today() -> date:
    return timezone.now().date()
