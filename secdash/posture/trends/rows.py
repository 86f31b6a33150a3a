"""The kept days of a scope, added up in the database: one row a day and group, however many hosts there are.

Hosts that were not scanned on the next day make another, for each day on which they were scanned again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from secdash.fleet.models import HostQuerySet
from secdash.posture.trends.happenings import Marks
from secdash.posture.trends.periods import Period
from secdash.posture.trends.series import MOVING, NO_GROUP, STANDING, Change
from secdash.scans.models import PostureDay, PostureDayQuerySet

_Values = QuerySet[PostureDay, dict[str, Any]]
# A row counts from its day until the host's next one. A host that is gone has a last row that says so.
GONE = "(host_id IS NULL AND score IS NULL)"
STANDS = f"CASE WHEN {GONE} THEN 0 ELSE 1 END"
SUMS = (
    "SUM(stands)",
    "COUNT(score)",
    "SUM(COALESCE(score, 0))",
    "COUNT(assessed)",
    "SUM(COALESCE(assessed, 0))",
    *(f"SUM(stands * {name})" for name in STANDING[5:]),
)
FLOWS = tuple(f"SUM({name})" for name in MOVING)
MARKS = (
    "SUM(CASE WHEN since IS NULL THEN stands ELSE 0 END)",
    "MIN(CASE WHEN since IS NULL THEN host_name END)",
    "SUM(1 - stands)",
    "MIN(CASE WHEN stands = 0 THEN host_name END)",
    "MIN(NULLIF(catalogue_version, ''))",
    "MAX(NULLIF(catalogue_version, ''))",
)
# What Django cannot say: aggregates over window functions. Names are columns of ours; the rows come as its own query.
QUERY = f"""
SELECT day, until, group_id, {", ".join((*SUMS, *FLOWS, *MARKS))} FROM (
  SELECT kept.*, {STANDS} AS stands, LEAD(day) OVER of_host AS until, LAG(day) OVER of_host AS since
  FROM ({{rows}}) AS kept WINDOW of_host AS (PARTITION BY host_ident ORDER BY day)
) AS runs GROUP BY day, until, group_id
"""  # noqa: S608 - put together from the constants above
COLUMNS = ("host_id", "host_ident", "host_name", "group_id", "day", "catalogue_version", "score", "assessed")
HEAD, FLOW = 3 + len(STANDING), 3 + len(STANDING) + len(MOVING)


def changes(rows: PostureDayQuerySet, hosts: HostQuerySet, period: Period) -> tuple[list[Change], list[Marks]]:
    """Two queries: the last day of each host before the period, and the sums."""
    found = list(_answers(_kept(rows, hosts, period)))
    marks = [_marks(row) for row in found]
    changes = [change for row in found for change in _changes(row)]
    return changes, [mark if mark.day >= period.first else _of_before(mark) for mark in marks]


def _kept(rows: PostureDayQuerySet, hosts: HostQuerySet, period: Period) -> list[_Values]:
    """The rows of the period, and before it those that say how a host stood when it began.

    Of hosts that are gone all earlier rows are taken: each but the last is undone by the next.
    """
    earlier = PostureDay.objects.filter(host_ident=OuterRef("pk"), day__lt=period.first).order_by("-day")
    before = hosts.order_by().annotate(last=Subquery(earlier.values("pk")[:1])).values_list("last", flat=True)
    inside = {"day__gte": period.first, "day__lte": period.last}
    went = PostureDay.objects.filter(host=None, **inside).values("host_ident")
    parts = (
        rows.filter(**inside),
        rows.filter(pk__in=[pk for pk in before if pk]),
        rows.filter(host=None, day__lt=period.first, host_ident__in=went),
    )
    return [part.order_by().values(*COLUMNS, *STANDING[5:], *MOVING) for part in parts]


def _answers(parts: list[_Values]) -> Iterator[tuple[Any, ...]]:
    """The parts are apart from each other, and each finds its own index."""
    first, *rest = parts
    try:
        inner, values = first.union(*rest, all=True).query.sql_with_params()
    except EmptyResultSet:  # the scope has no host
        return
    with connection.cursor() as cursor:
        cursor.execute(QUERY.format(rows=inner), values)
        yield from cursor.fetchall()


def _changes(row: tuple[Any, ...]) -> Iterator[Change]:
    """What begins to count on a day ceases to on the hosts' next one."""
    day, until, group = row[:3]
    sums = group or NO_GROUP, row[3:HEAD], tuple(map(int, row[HEAD:FLOW]))
    yield Change(1, _as_date(day), *sums)
    if until is not None:
        yield Change(-1, _as_date(until), *sums)


def _marks(row: tuple[Any, ...]) -> Marks:
    added, name, removed, gone, *catalogues = row[FLOW:]
    seen = frozenset(version for version in catalogues if version)
    return Marks(_as_date(row[0]), row[2] or NO_GROUP, int(added), name or "", int(removed), gone or "", seen)


def _of_before(mark: Marks) -> Marks:
    """Of a host's last day before the period only the catalogue counts: it may have come long before."""
    return mark._replace(added=0, added_name="", removed=0, removed_name="")


def _as_date(day: date | str) -> date:
    """SQLite keeps days as texts."""
    return day if isinstance(day, date) and not isinstance(day, datetime) else date.fromisoformat(str(day))
