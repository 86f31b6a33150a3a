"""The steps of a bulk act as the database keeps them: one a finding, written in one statement, taken in chunks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

import orjson
from django.db.models import QuerySet

from secdash.findings.adding import add_for_each
from secdash.findings.bulk_acts import Taken
from secdash.findings.chunking import Row
from secdash.findings.models import BulkAct, BulkStep, FindingQuerySet

MOST_STATEMENTS = 20


def write_steps(act: BulkAct, findings: FindingQuerySet) -> int:
    """A step for each of these findings; the number. A filter that goes by many of something may find one twice."""
    return add_for_each(findings.distinct(), BulkStep, [("finding", "pk")], act=act.pk)


def to_take(act: BulkAct) -> list[Row]:
    """The findings whose step was not taken, host after host, all at once: nobody else takes one of a claimed act."""
    return _by_host(BulkStep.objects.filter(act=act, before__isnull=True))


def to_take_back(act: BulkAct) -> list[Row]:
    """All of them, also those that were taken back already: they count, and nothing is done."""
    return _by_host(BulkStep.objects.filter(act=act))


def _by_host(steps: QuerySet[BulkStep]) -> list[Row]:
    return list(steps.order_by("finding__host_id", "finding_id").values_list("finding__host_id", "finding_id"))


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


def taken_back(act: BulkAct, findings: Collection[int]) -> None:
    BulkStep.objects.filter(act=act, finding_id__in=findings).update(left=None)
