"""What the charts say, in words: events, the gist of each chart, spans of days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, pgettext

from secdash.posture.trends.comparing import Figures
from secdash.posture.trends.happenings import Happening, Kind
from secdash.posture.trends.periods import Period
from secdash.posture.trends.series import SEVERITIES, Day
from secdash.web.times import day as day_said
from secdash.web.words import severity_count


def happened(one: Happening) -> str:
    count = round(one.size)
    match one.kind:
        case Kind.ADDED if one.name:
            return _("%(host)s added") % {"host": one.name}
        case Kind.ADDED:
            return ngettext("%(n)d host added", "%(n)d hosts added", count) % {"n": count}
        case Kind.REMOVED if one.name:
            return _("%(host)s removed") % {"host": one.name}
        case Kind.REMOVED:
            return ngettext("%(n)d host removed", "%(n)d hosts removed", count) % {"n": count}
        case Kind.CATALOGUE:
            return _("Checks changed")
        case Kind.ROSE:
            return npgettext("of the score", "Up %(n)d point", "Up %(n)d points", count) % {"n": count}
        case Kind.FELL:
            return npgettext("of the score", "Down %(n)d point", "Down %(n)d points", count) % {"n": count}


def span(period: Period) -> str:
    """'26 Aug 2026 to 23 Nov 2026'; one day is only said once."""
    if period.length == 1:
        return day_said(period.first)
    return _("%(first)s to %(last)s") % {"first": day_said(period.first), "last": day_said(period.last)}


def days_long(length: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", length) % {"n": length}


def duration(days: float | None) -> str:
    """'3 h', '1.4 d', '52 d'; a dash where nothing was fixed."""
    if days is None:
        return "–"
    if days < 1:
        return pgettext("time", "%(n)d h") % {"n": max(1, round(days * 24))}
    return pgettext("time", "%(n)s d") % {"n": localize(round(days, 1) if days < 10 else round(days))}


def of_score(one: Figures, days: Sequence[Day], period: Period) -> str:
    if one.score is None or one.score_before is None:
        return _("No score was kept in these days.")
    numbers = {"was": round(one.score_before), "now": round(one.score), "span": span(period)}
    if not one.change:
        said = _("The score stayed at %(now)d, %(span)s.")
    elif one.change > 0:
        said = _("The score rose from %(was)d to %(now)d, %(span)s.")
    else:
        said = _("The score fell from %(was)d to %(now)d, %(span)s.")
    return f"{said % numbers} {_extremes(days, period)}"


def of_open(one: Figures, days: Sequence[Day]) -> str:
    by_severity = zip(SEVERITIES, days[-1].by_severity, strict=True)
    listed = ", ".join(severity_count(word, count) for word, count in by_severity)
    numbers = {"was": one.open_before, "now": one.open, "listed": listed}
    if one.open == one.open_before:
        return _("%(now)d findings are open, as many as at the beginning: %(listed)s.") % numbers
    if one.open < one.open_before:
        return _("Open findings fell from %(was)d to %(now)d: %(listed)s.") % numbers
    return _("Open findings rose from %(was)d to %(now)d: %(listed)s.") % numbers


def of_moved(one: Figures) -> str:
    opened = ngettext("%(n)d finding was opened", "%(n)d findings were opened", one.opened) % {"n": one.opened}
    resolved = ngettext("%(n)d was resolved", "%(n)d were resolved", one.resolved) % {"n": one.resolved}
    return _("%(opened)s and %(resolved)s.") % {"opened": opened, "resolved": resolved}


def of_due(one: Figures) -> str:
    if one.in_time is None:
        return _("Nothing was fixed in these days.")
    return _("%(percent)d percent of what was fixed was fixed by its due date.") % {"percent": int(100 * one.in_time)}


def of_assessed(one: Figures) -> str:
    if one.assessed is None or one.assessed_before is None:
        return _("Nothing was judged in these days.")
    numbers = {"was": int(100 * one.assessed_before), "now": int(100 * one.assessed)}
    if numbers["was"] == numbers["now"]:
        return _("The assessed share stayed at %(now)d percent.") % numbers
    return _("The assessed share went from %(was)d to %(now)d percent.") % numbers


def of_accepted(one: Figures) -> str:
    standing, begun, ended = one.accepted, one.accepted_begun, one.accepted_ended
    return _("%(standing)s; %(begun)s and %(ended)s.") % {
        "standing": ngettext("%(n)d finding stands accepted", "%(n)d findings stand accepted", standing)
        % {"n": standing},
        "begun": ngettext("%(n)d acceptance began", "%(n)d acceptances began", begun) % {"n": begun},
        "ended": npgettext("acceptances", "%(n)d ended", "%(n)d ended", ended) % {"n": ended},
    }


def _extremes(days: Sequence[Day], period: Period) -> str:
    known = [(day.score, at) for at, day in zip(period.days(), days, strict=True) if day.score is not None]
    low, high = min(known), max(known)
    return _("Lowest %(low)d on %(low_day)s, highest %(high)d on %(high_day)s.") % {
        "low": round(low[0]),
        "low_day": _on(low[1]),
        "high": round(high[0]),
        "high_day": _on(high[1]),
    }


def _on(day: date) -> str:
    return day_said(day)
