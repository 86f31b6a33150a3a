"""What happened in a window, counted by the database: what is over is kept, and only the last moments are counted anew.

An overview that stays open asks each second. Where containers come and go across a fleet something is new each time,
and of a day with tens of thousands of transitions nearly all were counted a second ago.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Max, QuerySet

from secdash.findings.models import Transition
from secdash.posture import keeping

SETTLES = timedelta(seconds=5)  # what is written down of a moment is mostly there by then
STEP = 10  # seconds


class Happened(NamedTuple):
    """Transitions of one host and one kind, by severity."""

    host: int
    was: str
    now: str
    why: str
    severity: int
    number: int
    at: datetime  # of the newest


def happened(since: datetime, *, now: datetime) -> Iterator[Happened]:
    """Of all hosts: SQLite would go through all findings of the reader's for the few of a day."""
    over = _over(now)
    if over <= since:
        yield from _counted(Transition.objects.filter(at__gte=since))
        return
    yield from _kept(since, over)
    yield from _counted(Transition.objects.filter(at__gte=over))


def _over(now: datetime) -> datetime:
    """The end of what can be kept, the same for some seconds."""
    settled = now - SETTLES
    return settled - timedelta(seconds=settled.timestamp() % STEP)


def _kept(since: datetime, until: datetime) -> list[Happened]:
    """How many they are says whether one came late, from a transaction that took long: counting alone is cheap."""
    rows = Transition.objects.filter(at__gte=since, at__lt=until)
    name = f"happened:{since.timestamp()}:{until.timestamp():.0f}"
    return keeping.kept(name, str(rows.count()), lambda: list(_counted(rows)))


def _counted(rows: QuerySet[Transition]) -> Iterator[Happened]:
    """A first scan with thousands of findings is a few rows."""
    columns = ("finding__host_id", "was", "now", "why", "finding__severity")
    found = rows.order_by().values_list(*columns).annotate(number=Count("*"), newest=Max("at"))
    return (Happened(*row) for row in found)
