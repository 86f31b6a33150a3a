"""The steps of a bulk act as the database keeps them: one a finding, written in one statement, taken in chunks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connection

from secdash.findings.bulk_acts import Taken
from secdash.findings.models import BulkAct, BulkStep, FindingQuerySet

MOST_STATEMENTS = 20


def write_steps(act: BulkAct, findings: FindingQuerySet) -> int:
    """A step for each of these findings, by one INSERT … SELECT whatever their number; the number."""
    try:
        chosen, values = findings.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0
    quote = connection.ops.quote_name
    table, columns = quote(BulkStep._meta.db_table), ", ".join(map(quote, ("act_id", "finding_id")))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT DISTINCT %s, chosen.* FROM ({chosen}) AS chosen",  # noqa: S608 - compiled by Django
            [act.pk, *values],
        )
        return int(cursor.rowcount)


def to_take(act: BulkAct, after: int, *, most: int) -> list[int]:
    """The next findings whose step was not taken, in the order in which everybody locks them."""
    steps = BulkStep.objects.filter(act=act, finding_id__gt=after, before__isnull=True)
    return list(steps.order_by("finding_id").values_list("finding_id", flat=True)[:most])


def write_taken(act: BulkAct, taken: Mapping[int, Taken]) -> None:
    """Most steps of a chunk say the same, and are then written together."""
    alike: dict[bytes, list[int]] = defaultdict(list)
    for finding, each in taken.items():
        alike[orjson.dumps([each.before, each.left], option=orjson.OPT_SORT_KEYS)].append(finding)
    steps = BulkStep.objects.filter(act=act)
    if len(alike) <= MOST_STATEMENTS:
        for findings in alike.values():
            before, left = taken[findings[0]]
            steps.filter(finding_id__in=findings).update(before=before, left=left)
        return
    rows = list(steps.filter(finding_id__in=taken))
    for step in rows:
        step.before, step.left = taken[step.finding_id]
    BulkStep.objects.bulk_update(rows, ["before", "left"])


def to_take_back(act: BulkAct, after: int, *, most: int) -> list[BulkStep]:
    """The next steps in the same order, also those that were taken back already: they count, and nothing is done."""
    return list(BulkStep.objects.filter(act=act, finding_id__gt=after).order_by("finding_id")[:most])


def taken_back(act: BulkAct, findings: Collection[int]) -> None:
    BulkStep.objects.filter(act=act, finding_id__in=findings).update(left=None)
