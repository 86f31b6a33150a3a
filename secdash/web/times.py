"""Times in words: relative for a week, a date after it; short where a column is narrow."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

WEEK = timedelta(days=7)


def ago(at: datetime, now: datetime) -> str:
    """'3 hours ago'; a date once a week has passed. A time to come is always a date."""
    passed = now - at
    if passed >= WEEK or passed < -timedelta(minutes=1):
        return day(at)
    minutes = max(0, int(passed.total_seconds() // 60))
    if minutes < 1:
        return gettext("just now")
    if minutes < 60:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    if minutes < 24 * 60:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d day ago", "%(n)d days ago", passed.days) % {"n": passed.days}


def short(at: datetime, now: datetime) -> str:
    """'3 h', for a column that says what it counts; a date without its year once a week has passed."""
    passed = now - at
    if passed >= WEEK or passed < -timedelta(minutes=1):
        return short_day(timezone.localtime(at))
    minutes = max(0, int(passed.total_seconds() // 60))
    if minutes < 1:
        return pgettext("time", "now")
    if minutes < 60:
        return pgettext("time", "%(n)d min") % {"n": minutes}
    if minutes < 24 * 60:
        return pgettext("time", "%(n)d h") % {"n": minutes // 60}
    return pgettext("time", "%(n)d d") % {"n": passed.days}


def day(at: date | datetime) -> str:
    local = timezone.localtime(at) if isinstance(at, datetime) else at
    return _written(local, pgettext("date format", "j M Y"))


def named_day(at: date) -> str:
    """With the day of the week, by which people remember what happened lately."""
    return _written(at, pgettext("date format", "l j M Y"))


def short_day(at: date) -> str:
    return _written(at, pgettext("date format", "j M"))


def _written(at: date | datetime, form: str) -> str:
    return _date(at.date() if isinstance(at, datetime) else at, form, get_language())


@lru_cache(maxsize=1024)
def _date(day: date, form: str, _language: str | None) -> str:
    """Kept, for the rows of a table mostly name the same few days; the names of months are the language's."""
    return date_format(day, form)


def clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"


def moment(at: datetime) -> str:
    """'23 Nov 2026, 14:32 UTC': the zone is named since the script, which knows the reader's, may not run."""
    return f"{day(at)}, {clock(at)} {timezone.localtime(at).tzname()}"


def written(at: date | datetime, form: str, now: datetime) -> str:
    """`form`: ago, short, day, clock or moment."""
    if not isinstance(at, datetime):
        return day(at)
    match form:
        case "ago":
            return ago(at, now)
        case "short":
            return short(at, now)
        case "day":
            return day(at)
        case "clock":
            return clock(at)
        case "moment":
            return moment(at)
        case _:
            raise ValueError(f"not a form of time: {form!r}")
