"""How long fixes took, counted in the database: a row for each group, severity and bin, however many days there are.

Each kept day has counts in bins as JSON. Both databases take it apart in the same query, but for the names of their
functions; a test holds the answers of both equal to a count by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection

from secdash.posture.trends.periods import Period
from secdash.scans.models import PostureDayQuerySet

PARTS = {"postgresql": ("ALL", "jsonb_each", "jsonb_each_text"), "sqlite": ("-1", "json_each", "json_each")}
# What Django cannot say: functions that make rows. The rows come as its own query, planned by itself for its OFFSET:
# PostgreSQL expects so many parts of each row that it would otherwise read the whole table for one day.
QUERY = """
SELECT kept.group_id, severity.key, bin.key, SUM(CAST(bin.value AS INTEGER))
FROM ({rows} LIMIT {all} OFFSET 0) AS kept, {of_day}(kept.fix_times) AS severity, {of_severity}(severity.value) AS bin
GROUP BY kept.group_id, severity.key, bin.key
"""


class FixRow(NamedTuple):
    """So many findings of a severity were fixed after a time that stands in this bin of `findings.durations`."""

    group: int | None
    severity: str
    bin: int
    number: int


def fix_rows(rows: PostureDayQuerySet, period: Period) -> Iterator[FixRow]:
    """One query."""
    days = rows.filter(day__gte=period.first, day__lte=period.last).exclude(fix_times={}).order_by()
    try:
        inner, values = days.values("group_id", "fix_times").query.sql_with_params()
    except EmptyResultSet:  # the scope has no host
        return
    everything, of_day, of_severity = PARTS[connection.vendor]
    query = QUERY.format(rows=inner, all=everything, of_day=of_day, of_severity=of_severity)
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    for group, severity, number, count in found:
        yield FixRow(group, severity, int(number), int(count))
