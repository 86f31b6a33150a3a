"""Where each of many hosts stands, by figures alone: no tally is read, no object made of a host that is not shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, OuterRef, Subquery

from secdash.checks.outcome import Severity
from secdash.findings.models import Finding, State
from secdash.fleet.models import HostQuerySet
from secdash.scans.models import Scan

Counts = tuple[int, ...]  # by severity, from info to critical
NONE: Counts = (0,) * len(Severity)


class Stand(NamedTuple):
    """What a host's newest finished scan said."""

    scan: int
    finished_at: datetime
    score: int | None
    assessed: float | None
    containers: int | None
    engine_version: str


class Weight(NamedTuple):
    """A host's findings by severity."""

    open: Counts = NONE
    accepted: Counts = NONE


def stands(hosts: HostQuerySet, *, before: datetime | None = None) -> dict[int, Stand]:
    """By host's id; hosts without a finished scan are left out. `before`: as it was at that moment.

    Two queries, each by index: in one, PostgreSQL would read all scans of all hosts.
    """
    finished = Scan.objects.filter(host=OuterRef("pk"), state=Scan.State.DONE)
    if before is not None:
        finished = finished.filter(created_at__lt=before, finished_at__lt=before)
    newest = hosts.order_by().annotate(newest=Subquery(finished.newest_first().values("pk")[:1]))
    wanted = [pk for pk in newest.values_list("newest", flat=True) if pk]
    columns = ("host_id", "pk", "finished_at", "score", "assessed", "containers", "engine_version")
    return {host: Stand(*row) for host, *row in Scan.objects.filter(pk__in=wanted).values_list(*columns)}


def weights(hosts: HostQuerySet) -> dict[int, Weight]:
    """By host's id, in one query that counts in the index; hosts without open or accepted findings are left out."""
    live = Finding.objects.filter(host__in=hosts, state__in=(State.OPEN, State.ACCEPTED)).order_by()
    counted: dict[int, dict[str, list[int]]] = {}
    for host, state, severity, number in live.values_list("host_id", "state", "severity").annotate(number=Count("*")):
        kinds = counted.setdefault(host, {State.OPEN: list(NONE), State.ACCEPTED: list(NONE)})
        kinds[state][severity] += number
    return {host: Weight(tuple(kinds[State.OPEN]), tuple(kinds[State.ACCEPTED])) for host, kinds in counted.items()}


def summed(counts: Iterable[Counts]) -> Counts:
    return tuple(map(sum, zip(NONE, *counts, strict=True)))


def as_counter(counts: Counts) -> Counter[Severity]:
    return Counter({severity: counts[severity] for severity in Severity if counts[severity]})
