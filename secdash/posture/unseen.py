"""Hosts that are not looked at as they should be: they do not answer, were not seen for long, or their scan failed."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, DateTimeField, F, Func, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.sql.compiler import SQLCompiler

from secdash.fleet.models import Host, HostQuerySet
from secdash.scans.models import Scan

INTERVALS = 3  # missed, after which a host counts as not seen
SHOWN = 5


class LateAt(Func):
    """When a host that was seen at the first expression, and is scanned every so many minutes, begins to be late."""

    template = f"(%(expressions)s * INTERVAL '{INTERVALS} minutes')"
    arg_joiner = " + "
    output_field = DateTimeField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """Moments are texts there, and compared as such."""
        form = "strftime('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%S.000000', %(expressions)s) || ' minutes')"
        later = f", '+' || ({INTERVALS} * "
        return self.as_sql(compiler, connection, template=form, arg_joiner=later, **context)


class Why(Enum):
    UNREACHABLE = "unreachable"
    FAILED = "failed"
    LATE = "late"


class Unseen(NamedTuple):
    host: Host
    why: Why


class UnseenHosts(NamedTuple):
    """Those that were seen longest ago, of `total`."""

    shown: list[Unseen]
    total: int


def unseen_hosts(hosts: HostQuerySet, *, now: datetime) -> UnseenHosts:
    """One query, which brings the total along."""
    found = unseen(hosts, now=now).annotate(total=Window(Count("pk")))
    shown = list(found.order_by(F("seen_at").asc(nulls_first=True), "name")[:SHOWN])
    return UnseenHosts([Unseen(host, _why(host)) for host in shown], getattr(shown[0], "total", 0) if shown else 0)


def unseen(hosts: HostQuerySet, *, now: datetime) -> QuerySet[Host]:
    """Each has `last`, the state of its newest scan that is over. What is never scanned by itself cannot be late."""
    over = Scan.objects.filter(host=OuterRef("pk")).exclude(state__in=Scan.ACTIVE).newest_first()
    late = Q(state=Host.State.REACHABLE, scan_due_at__isnull=False, late_at__lt=now)
    hosts = hosts.annotate(late_at=LateAt("seen_at", "interval"))
    return hosts.annotate(last=Subquery(over.values("state")[:1])).filter(
        Q(state=Host.State.UNREACHABLE) | late | Q(last=Scan.State.FAILED)
    )


def _why(host: Host) -> Why:
    if host.state == Host.State.UNREACHABLE:
        return Why.UNREACHABLE
    return Why.FAILED if getattr(host, "last", "") == Scan.State.FAILED else Why.LATE
