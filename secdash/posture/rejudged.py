"""The history of the score as today's checks would have judged it, in the shape of the kept one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When

from secdash.accounts.models import User
from secdash.checks import releases
from secdash.checks.engine import catalogue_version
from secdash.posture.days import Day, History
from secdash.posture.scopes import Scope
from secdash.scans.models import PostureDayQuerySet, Rejudged
from secdash.scans.release_tables import in_force

COLUMNS = ("score", "critical", "high", "medium", "low", "info")


class RejudgedScores(NamedTuple):
    """`scores` are as `History.scores` gives them. `missing` kept days count nowhere: no snapshot of then tells how
    they would be judged, or that has not been done yet.
    """

    scores: list[tuple[date, float | None]]
    history: History
    missing: int


def rejudged_scores(user: User, scope: Scope, since: date, until: date) -> RejudgedScores:
    """From the first day to the last, both with it. Three queries."""
    rows = list(_rows(scope, scope.days_before(user, since)))
    rows += _rows(scope, scope.days(user).filter(day__gt=since, day__lte=until))
    kept = History(((row.host, row.day, row.stood) for row in rows), today=until, length=(until - since).days + 1)
    return RejudgedScores(kept.scores(), kept, sum(row.is_missing for row in rows))


class _Row(NamedTuple):
    host: int
    day: date
    stood: Day
    is_missing: bool


def _rows(scope: Scope, days: PostureDayQuerySet) -> Iterator[_Row]:
    """A day under today's catalogue stands as it was kept."""
    with releases.using(in_force()):
        version = catalogue_version()
    again = Rejudged.objects.filter(host=OuterRef("host_id"), day=OuterRef("day"), catalogue_version=version)
    is_kept = Q(catalogue_version=version) | Q(host=None, score=None)
    found = days.annotate(
        as_kept=Case(When(is_kept, then=Value(1)), default=Value(0)),
        **{
            f"now_{name}": Case(When(is_kept, then=F(name)), default=Subquery(again.values(name)[:1]))
            for name in COLUMNS
        },
    )
    columns = ("host_ident", "day", "group__slug", "score", "as_kept", *(f"now_{name}" for name in COLUMNS))
    for host, day, group, was, as_kept, score, *counts in found.values_list(*columns).iterator(chunk_size=5000):
        counted = score if scope.has(group) else None
        stood = Day(counted, tuple(count or 0 for count in counts))
        yield _Row(host, day, stood, not as_kept and was is not None and score is None)
