"""Hosts that are not looked at as they should be: they do not answer, were not seen for long, or their scan failed."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from django.db.models import Count, DurationField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Value, Window

from secdash.fleet.models import Host, HostQuerySet
from secdash.scans.models import Scan

INTERVALS = 3  # missed, after which a host counts as not seen
SHOWN = 5


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
    missed = ExpressionWrapper(F("interval") * Value(timedelta(minutes=INTERVALS)), output_field=DurationField())
    late = Q(state=Host.State.REACHABLE, scan_due_at__isnull=False, seen_at__lt=Value(now) - missed)
    return hosts.annotate(last=Subquery(over.values("state")[:1])).filter(
        Q(state=Host.State.UNREACHABLE) | late | Q(last=Scan.State.FAILED)
    )


def _why(host: Host) -> Why:
    if host.state == Host.State.UNREACHABLE:
        return Why.UNREACHABLE
    return Why.FAILED if getattr(host, "last", "") == Scan.State.FAILED else Why.LATE
