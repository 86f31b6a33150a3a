"""The trends page, its data, and each of its tables as a file."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from secdash.accounts.access import member
from secdash.posture.trends import export
from secdash.posture.trends import page as figures
from secdash.posture.trends.asked import Asked
from secdash.posture.trends.offering import around
from secdash.posture.trends.payload import payload


@require_safe
def trends(request: HttpRequest) -> HttpResponse:
    page = _page(request)
    context: dict[str, Any] = {"page": page, "data": payload(page), **around(page, today=_today())}
    return render(request, "posture/trends.html", context)


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
    return figures.trends(member(request), Asked.of(request.GET), today=_today())


def _today() -> date:
    return timezone.now().date()
