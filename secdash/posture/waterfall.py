"""Why the score moved between two days: the rows behind `falls`, fetched so that only what changed is read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from secdash.accounts.models import User
from secdash.posture import falls
from secdash.posture.falls import DayMove, Fall, Row
from secdash.posture.scopes import Scope
from secdash.scans.models import PostureDayQuerySet

COLUMNS = ("host_ident", "day", "score", "group__slug", "host_id", "moves", "host_name")
MOST_DAYS = 5


class Waterfall(NamedTuple):
    """`names` are the hosts' names, by the ids that parts carry; `living` the ids of those that are there still."""

    since: date
    until: date
    fall: Fall
    days: list[DayMove]
    names: dict[int, str]
    living: frozenset[int]


def waterfall(user: User, scope: Scope, since: date, until: date) -> Waterfall:
    """From the end of the first day to the end of the last, in three queries."""
    moved = scope.days(user).filter(day__gt=since, day__lte=until, moved=True)
    found = [row for days in (*scope.days_before(user, since), moved) for row in _rows(days)]
    rows = [_row(scope, each) for each in found]
    before = [row for row in rows if row.day <= since]
    within = [row for row in rows if row.day > since]
    return Waterfall(
        since,
        until,
        falls.fall(before, within),
        falls.largest(falls.daily(before, within), MOST_DAYS),
        {each.host_ident: each.host_name for each in found},
        frozenset(each.host_ident for each in found if each.host_id),
    )


class _Found(NamedTuple):
    host_ident: int
    day: date
    score: int | None
    group: str | None
    host_id: int | None
    moves: dict[str, dict[str, int]]
    host_name: str


def _rows(days: PostureDayQuerySet) -> Iterator[_Found]:
    return (_Found(*row) for row in days.order_by("day").values_list(*COLUMNS).iterator(chunk_size=5000))


def _row(scope: Scope, found: _Found) -> Row:
    gone = found.host_id is None and found.score is None
    return Row(found.host_ident, found.day, found.score, scope.has(found.group), gone, found.moves)
