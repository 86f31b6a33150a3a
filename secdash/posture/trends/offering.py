"""What stands around the charts: ranges to choose, chips, forms, and which kind of nothing there is."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import pgettext

from secdash.posture.choices import options_of
from secdash.posture.scopes import LOOKUPS, Scope
from secdash.posture.trends.happenings import Kind, biggest_moves
from secdash.posture.trends.page import Trends
from secdash.posture.trends.payload import day_url, on, why_url
from secdash.posture.trends.periods import PRESETS
from secdash.posture.trends.saying import happened
from secdash.posture.trends.series import SEVERITIES
from secdash.posture.trends.timing import TICKS, place

ENOUGH = 2  # days, without which nothing can have moved


def around(page: Trends, *, today: date) -> dict[str, Any]:
    asked = page.asked
    chosen = asked.preset(today)
    return {
        "today": today,
        "presets": [(_short(days), asked.query(days=days, since="", to=""), days == chosen) for days in PRESETS],
        "has_dates": chosen is None,
        "chips": list(asked.chips(page.offered)),
        "everywhere": asked.query(scope=Scope()),
        "versus_groups": options_of({o.value: o.label for o in page.offered.group}, asked.versus),
        "versus_none": asked.query(versus="", versus_from="", versus_to="", judged=""),
        "query": asked.query(),
        "misread": asked.misread(today),
        "day_url": day_url(asked),
        "nothing": _nothing(page, today),
        "compare_fields": asked.fields("versus", "versus_from", "versus_to", "judged"),
        "date_fields": asked.fields("from", "to", "days"),
        "severities": SEVERITIES,
        "moves": _moves(page),
        "why_url": why_url(page),
        "ticks": [(place(days), _tick(name)) for days, name in TICKS],
        "fix_table": page.charts["fix-severity"].table,
        "fix_groups": page.charts["fix-group"].table,
        "scope_fields": asked.fields(*LOOKUPS),
    }


class Move(NamedTuple):
    """A day that moved the score; `beside`: what else happened on it."""

    day: date
    points: float
    beside: str
    url: str


def _moves(page: Trends) -> list[Move]:
    """The biggest first."""
    address = day_url(page.asked)
    return [
        Move(
            day=each.day,
            points=each.size if each.kind is Kind.ROSE else -each.size,
            beside=", ".join(happened(other) for other in page.events if other.day == each.day and other != each),
            url=on(each.day, address),
        )
        for each in biggest_moves(page.this.days, page.period)
    ]


def _tick(name: str) -> str:
    return {
        "hour": pgettext("on a scale", "1 h"),
        "day": pgettext("on a scale", "1 d"),
        "week": pgettext("on a scale", "7 d"),
        "month": pgettext("on a scale", "30 d"),
        "year": pgettext("on a scale", "1 y"),
    }[name]


def _short(days: int) -> str:
    return pgettext("a range of time", "1 y") if days == 365 else pgettext("a range of time", "%(n)d d") % {"n": days}


def _nothing(page: Trends, today: date) -> str:
    """ "" where there is something to show; scope, range, young or never else."""
    if page.days_kept >= min(ENOUGH, page.period.length):
        return ""
    if page.asked.narrows and not page.days_kept:
        return "scope"
    if page.period.last < today:
        return "range"
    return "young" if page.days_kept else "never"
