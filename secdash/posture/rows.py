"""The rows of a group that is opened up."""

from __future__ import annotations

from typing import NamedTuple

from secdash.accounts.models import User
from secdash.findings.access import findings_for
from secdash.findings.models import Finding
from secdash.posture.filters import Filters, in_state
from secdash.posture.groups import Group, of_group

FIRST_ROWS = 20
MORE_ROWS = 100
MOST_ROWS = 1000
# By check all rows are of one severity, and the newest stand first, since they are what changed.
ORDERS = {
    "worst": ("-severity", "-opened_at", "-pk"),
    "newest": ("-opened_at", "-pk"),
    "oldest": ("opened_at", "pk"),
    "most": ("-severity", "-opened_at", "-pk"),
}


class Rows(NamedTuple):
    """`left` is how many are not shown."""

    findings: list[Finding]
    left: int
    next_rows: int


def rows(user: User, group: Group, filters: Filters, *, most: int) -> Rows:
    """One query."""
    found = of_group(in_state(filters.among(findings_for(user), user), filters.state), filters.by, group.key)
    most = max(1, min(most, MOST_ROWS))
    shown = list(found.select_related("host", "assignee").order_by(*order_of(filters))[:most])
    left = group.number - len(shown)
    return Rows(shown, left, most + min(left, MORE_ROWS))


def order_of(filters: Filters) -> tuple[str, ...]:
    """Of the rows of each group."""
    return ORDERS["newest" if filters.by == "check" and filters.sort == "worst" else filters.sort]
