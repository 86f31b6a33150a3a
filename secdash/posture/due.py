"""A due date in words, counted from today."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext, ngettext

from secdash.findings.models import Finding


class Due(NamedTuple):
    """`said`: in 3 days, today, 2 days overdue."""

    day: date
    said: str
    is_overdue: bool


def due_of(finding: Finding, today: date) -> Due | None:
    """None where it has no due date."""
    if finding.due_on is None:
        return None
    overdue = finding.is_overdue(today)
    days = (finding.due_on - today).days
    return Due(finding.due_on, days_overdue(-days) if overdue else days_to_go(days), overdue)


def days_overdue(days: int) -> str:
    return ngettext("%(n)d day overdue", "%(n)d days overdue", days) % {"n": days}


def days_to_go(days: int) -> str:
    """ "" for a day that is over and that nothing is overdue since."""
    if days < 0:
        return ""
    if days == 0:
        return gettext("today")
    return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}
