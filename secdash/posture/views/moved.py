"""Why the score moved, and how everything stood on a past day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from secdash.accounts.access import member
from secdash.posture import behind, moved
from secdash.posture.asked_days import is_no_range
from secdash.posture.context import rooms_of
from secdash.posture.moved import Period
from secdash.posture.scope_choices import offered
from secdash.posture.scopes import Scope
from secdash.web.templatetags.signs import as_short_day


@require_safe
def why_moved(request: HttpRequest) -> HttpResponse:
    user, scope, today = member(request), Scope.of(request.GET), timezone.now().date()
    period = Period.of(request.GET, today)
    ends = (_("Start %(day)s"), _("End %(day)s"))
    labels = tuple(text % {"day": _on_one_line(day)} for text, day in zip(ends, period, strict=True))
    rows = behind.behind(user, scope, *period, kind=request.GET.get("what", ""), page=_page(request))
    choices = offered(user, scope)
    shares = moved.kept_shares(user, scope, period, rooms_of(request, user).mark)
    context: dict[str, Any] = {
        "page": moved.moved(shares, (labels[0], labels[1])),
        "period": period,
        "misread": is_no_range(request.GET.get("since", ""), request.GET.get("until", ""), today),
        "everywhere": f"?{_query(Scope(), period)}",
        "today": today,
        "scope": scope,
        "scope_said": choices.said(scope),
        "choices": choices,
        "rows": rows,
        "tabs": [(label, name, _query(scope, period, what=name)) for name, (label, _whys) in behind.KINDS.items()],
        "ranges": [(days, _query(scope, Period(today - timedelta(days=days), today))) for days in moved.RANGES],
        "previous_query": _query(scope, period, what=rows.kind, page=rows.page - 1) if rows.page > 1 else "",
        "next_query": _query(scope, period, what=rows.kind, page=rows.page + 1) if rows.has_next else "",
        "day_query": scope.query(),
    }
    return render(request, "posture/why_moved.html", context)


def _query(scope: Scope, period: Period, **more: object) -> str:
    return scope.query(since=period.since.isoformat(), until=period.until.isoformat(), **more)


def _on_one_line(day: date) -> str:
    return as_short_day(day).replace(" ", "\N{NO-BREAK SPACE}")


def _page(request: HttpRequest) -> int:
    number = request.GET.get("page", "")
    return int(number) if number.isdecimal() and len(number) < 6 else 1
