"""The transitions behind a move: which findings opened, closed, were accepted or returned in a period.

PostgreSQL walks the index of `at` backwards and stops after a page; for one host among many it may rather take the
host's findings and their `transition_history`. Nothing is counted, so that no page reads more than it shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from secdash.accounts.models import User
from secdash.findings.models import Transition, Why
from secdash.posture.scopes import Scope
from secdash.scans.days import after

A_PAGE = 50
LAST_PAGE = 200  # further back, a shorter period says more

KINDS: Mapping[str, tuple[Promise, tuple[str, ...]]] = {
    "": (_("All"), ()),
    "opened": (_("Opened"), (Why.SEEN, Why.REOPENED)),
    "fixed": (_("Fixed"), (Why.FIXED,)),
    "gone": (_("Gone"), (Why.GONE,)),
    "accepted": (_("Accepted"), (Why.ACCEPTED,)),
    "returned": (_("Returned"), (Why.EXPIRED, Why.VOIDED, Why.RETURNED)),
}


class Behind(NamedTuple):
    """One page of transitions, the newest first."""

    kind: str
    rows: list[Transition]
    page: int
    has_next: bool


def behind(user: User, scope: Scope, since: date, until: date, *, kind: str, page: int) -> Behind:
    """Those after the end of the first day, up to the end of the last. One query."""
    kind = kind if kind in KINDS else ""
    page = min(max(page, 1), LAST_PAGE)
    found = Transition.objects.filter(at__gte=after(since), at__lt=after(until), finding__host__in=scope.ever(user))
    if kind:
        found = found.filter(why__in=KINDS[kind][1])
    rows = list(found.select_related("finding__host").order_by("-at", "-pk")[(page - 1) * A_PAGE : page * A_PAGE + 1])
    return Behind(kind, rows[:A_PAGE], page, len(rows) > A_PAGE and page < LAST_PAGE)
