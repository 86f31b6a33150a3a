"""The report for management: where the hosts stand, what changed in the period and why, what is worst, what is accepted."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Max, Min, Q

from secdash.accounts.models import User
from secdash.findings.access import findings_for
from secdash.findings.models import Acceptance, Finding
from secdash.fleet.models import Host
from secdash.posture import latest
from secdash.posture.latest import HostNow
from secdash.posture.reporting.asked import Asked
from secdash.posture.trends.asked import Asked as TrendsAsked
from secdash.posture.trends.page import Trends, trends
from secdash.posture.waterfall import Waterfall, waterfall

CHECKS, HOSTS, FINDINGS, ACCEPTANCES = 12, 10, 10, 20


class CheckLine(NamedTuple):
    """A check and how many open findings it has, on how many hosts."""

    check: str
    severity: int
    findings: int
    hosts: int
    oldest: datetime


class Management(NamedTuple):
    """Figures of the period come from the kept days; lists are as they stand now, as a list of work is."""

    asked: Asked
    trends: Trends
    fall: Waterfall
    hosts: int
    worst: list[HostNow]
    unseen: list[Host]
    checks: list[CheckLine]
    newest: list[Finding]
    overdue: int
    acceptances: list[Acceptance]
    accepted_more: int
    at: datetime


def management(user: User, asked: Asked, *, now: datetime) -> Management:
    """In a number of queries that does not grow."""
    hosts = asked.scope.hosts(user)
    found = findings_for(user).filter(host__in=hosts)
    states = latest.hosts_now(hosts, leave=["tally"])
    in_force = _acceptances(user, asked)
    return Management(
        asked=asked,
        trends=trends(user, _as_trends(asked), today=now.date()),
        fall=waterfall(user, asked.scope, asked.since - timedelta(days=1), asked.until),
        hosts=len(states),
        worst=_worst(states),
        unseen=[state.host for state in states if state.is_unreachable or state.scan is None],
        checks=_checks(found.open()),
        newest=list(found.open().filter(severity=4).select_related("host").order_by("-opened_at", "pk")[:FINDINGS]),
        overdue=found.overdue(now.date()).count(),
        acceptances=in_force[:ACCEPTANCES],
        accepted_more=max(0, len(in_force) - ACCEPTANCES),
        at=now,
    )


def _as_trends(asked: Asked) -> TrendsAsked:
    from django.http import QueryDict

    return TrendsAsked.of(QueryDict(asked.query(**_range(asked.since, asked.until))))


def _range(first: date, last: date) -> dict[str, str]:
    return {"from": first.isoformat(), "to": last.isoformat()}


def _worst(states: list[HostNow]) -> list[HostNow]:
    scored = [state for state in states if state.score is not None]
    return sorted(scored, key=lambda state: (state.score or 0, state.host.name))[:HOSTS]


def _checks(open_findings: object) -> list[CheckLine]:
    counted = (
        open_findings.order_by()  # type: ignore[attr-defined]
        .values_list("check_name")
        .annotate(Max("severity"), Count("pk"), Count("host", distinct=True), Min("opened_at"))
    )
    lines = [CheckLine(*row) for row in counted]
    return sorted(lines, key=lambda line: (-line.severity, -line.findings, line.check))[:CHECKS]


def _acceptances(user: User, asked: Asked) -> list[Acceptance]:
    """Those that end first; those that never end last."""
    found = Acceptance.objects.visible_to(user).in_force()
    if asked.scope.kind:
        found = found.filter(Q(holding__host__in=asked.scope.hosts(user))).distinct()
    rows = found.annotate(holds=Count("holding", distinct=True)).select_related("host", "group", "finding")
    return sorted(rows, key=lambda row: (row.until is None, row.until or date.max, row.pk))
