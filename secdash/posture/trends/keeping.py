"""What the database added up, kept for as long as it cannot change: the days before today are over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial, reduce
from typing import NamedTuple

from django.core.cache import cache

from secdash.posture import keeping
from secdash.posture.trends import fixes
from secdash.posture.trends.fix_rows import fix_rows
from secdash.posture.trends.fixes import Fixes
from secdash.posture.trends.happenings import Marks, telling
from secdash.posture.trends.periods import A_DAY, Period
from secdash.posture.trends.rows import changes
from secdash.posture.trends.scope import ScopedDays
from secdash.posture.trends.series import Sums, summed
from secdash.scans.models import PostureDay

FORMAT = 2  # goes up when what is kept looks different
# Whole months serve every later day; what ends yesterday is asked for on one day alone.
MONTH_KEPT_FOR, ELSE_KEPT_FOR = (int(timedelta(days=days).total_seconds()) for days in (40, 2))


class Told(NamedTuple):
    """All that the days of a period say of a scope."""

    sums: Sums
    marks: list[Marks]
    fixes: Fixes

    def followed_by(self, later: Told) -> Told:
        marks = telling([*self.marks, *later.marks])
        return Told(self.sums.followed_by(later.sums), marks, fixes.both(self.fixes, later.fixes))


def told(scope: ScopedDays, period: Period, *, today: date, stamp: int, mark: str = "") -> Told:
    """Today is read anew, three queries, where `mark` says that something moved since (`posture.keeping`), or is not
    known; what was before comes from the cache, or costs as many once a day.
    """
    closed = Period(period.first, min(period.last, today - A_DAY))
    if closed.length < 1:
        return read(scope, period)
    before = _kept(scope, closed, stamp)
    return before if period.last < today else before.followed_by(_of_today(scope, today, mark))


def _of_today(scope: ScopedDays, today: date, mark: str) -> Told:
    make = partial(read, scope, Period(today, today))
    return keeping.kept(f"trends-today:{FORMAT}:{scope.key}:{today}", mark, make) if mark else make()


def stamp(today: date, *, hosts: int) -> int:
    """The newest row of a day that is over: another one when such a day gets a row, as when a history is loaded.

    Looked for from the newest row on, for today has as many as there are hosts; where it has more, nothing is found.
    """
    newest = PostureDay.objects.order_by("-pk").values_list("pk", "day")[: hosts + 1]
    return next((pk for pk, day in newest if day < today), 0)


def read(scope: ScopedDays, period: Period) -> Told:
    found, marks = changes(scope.rows, scope.hosts, period)
    return Told(summed(found, period), telling(marks), fixes.added(fix_rows(scope.rows, period)))


def _kept(scope: ScopedDays, closed: Period, stamp: int) -> Told:
    """Months that are over serve every period that holds them: a new day costs two parts of months at most."""
    return _cached(scope, closed, f"newest-{stamp}", lambda: reduce(Told.followed_by, _months(scope, closed)))


def _months(scope: ScopedDays, closed: Period) -> Iterator[Told]:
    for month in closed.months():
        rows = scope.rows.filter(day__gte=month.first, day__lte=month.last).count()
        yield _cached(scope, month, f"rows-{rows}", partial(read, scope, month))


def _cached(scope: ScopedDays, period: Period, stamp: str, make: Callable[[], Told]) -> Told:
    key = f"trends:{FORMAT}:{scope.key}:{period.first}:{period.last}:{stamp}"
    kept: Told | None = cache.get(key)
    if kept is None:
        kept = make()
        cache.set(key, kept, MONTH_KEPT_FOR if period.is_month else ELSE_KEPT_FOR)
    return kept
