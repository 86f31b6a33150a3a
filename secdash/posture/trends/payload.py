"""What the script that draws the charts reads: the tables as they stand on the page, and what else it cannot know."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse

from secdash.posture.trends.asked import Asked
from secdash.posture.trends.happenings import labelled
from secdash.posture.trends.page import Trends
from secdash.posture.trends.periods import A_DAY
from secdash.posture.trends.saying import happened
from secdash.posture.trends.series import SEVERITIES
from secdash.posture.trends.tables import Table
from secdash.web.drawing import score_window
from secdash.web.scale import BANDS, band_of
from secdash.web.times import short_day

BEFORE, DAY = "0000-00-00", "9999-99-99"  # stand in an address for a day that a reader chooses, and the one before
DRAWN = ("score", "open", "moved", "due", "assessed", "accepted")


def payload(page: Trends) -> dict[str, Any]:
    """Plain values; days as texts."""
    return {
        "period": {"first": page.period.first, "last": page.period.last, "step": page.period.step},
        "charts": {key: _plain(page.charts[key].table) for key in DRAWN},
        "bands": _bands(page),
        "events": _events(page),
        "day_url": day_url(page.asked),
        "severity_urls": {word: severity_url(page.asked, word) for word in SEVERITIES},
        "months": [short_day(date(2001, month, 1)) for month in range(1, 13)],
    }


def day_url(asked: Asked) -> str:
    """Where what moved on a day is explained, for `on` to fill in."""
    return _why(asked, BEFORE, DAY)


def on(day: date, address: str) -> str:
    return address.replace(BEFORE, (day - A_DAY).isoformat()).replace(DAY, day.isoformat())


def why_url(page: Trends) -> str:
    """Where the whole period is explained: from the end of its first day to the end of its last."""
    return _why(page.asked, page.period.first.isoformat(), page.period.last.isoformat())


def _why(asked: Asked, since: str, until: str) -> str:
    return f"{reverse('why-moved')}?{asked.scope.query(since=since, until=until)}"


def severity_url(asked: Asked, word: str) -> str:
    """What is open now of one severity, in the same scope."""
    return f"{reverse('findings')}?{asked.scope.query(severity=word)}"


def _plain(table: Table) -> dict[str, Any]:
    columns = [column._asdict() for column in table.columns]
    rows = [[cell.isoformat() if isinstance(cell, date) else cell for cell in row] for row in table.rows]
    return {"title": table.title, "columns": columns, "rows": rows}


def _bands(page: Trends) -> dict[str, Any]:
    """The part of the scale that is shown, its letters, and the one in which the score stands."""
    known = [day.score for day in page.this.days if day.score is not None]
    other = [day.score for day in page.versus.days if day.score is not None] if page.versus else []
    if not known:
        return {}
    low, high = score_window([*known, *other])
    inside = [band for band in BANDS if band.high > low and band.low < high]
    return {
        "low": low,
        "high": high,
        "bands": [{"letter": b.letter, "low": max(b.low, low), "high": min(b.high, high)} for b in inside],
        "now": band_of(round(known[-1])).letter,
    }


def _events(page: Trends) -> list[dict[str, Any]]:
    named = labelled(page.events, page.period)
    return [{"day": each.day, "what": happened(each), "named": each in named} for each in page.events]
