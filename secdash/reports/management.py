"""The report for management: where hosts stand, what changed in the period and why, what is worst, what is accepted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Max, Min

from secdash.accounts.models import User
from secdash.checks.outcome import Severity
from secdash.findings.access import acceptances_for, findings_for
from secdash.findings.models import Acceptance, Finding, FindingQuerySet
from secdash.fleet.models import Host, HostQuerySet
from secdash.posture.acceptances import holding_of
from secdash.posture.moved import Moved, Period, moved, shares
from secdash.posture.stands import Stand, stands
from secdash.posture.trends.asked import Asked as TrendsAsked
from secdash.posture.trends.page import Trends, trends
from secdash.posture.unseen import unseen
from secdash.reports.asked import Asked
from secdash.reports.drawing import PaperLine, score_line

GISTS = ("score", "open", "moved", "due")
CHECKS, HOSTS, FINDINGS, ACCEPTANCES = 12, 10, 10, 20


class CheckLine(NamedTuple):
    """A check and how many open findings it has, on how many hosts."""

    check: str
    severity: int
    findings: int
    hosts: int
    oldest: datetime


class HostLine(NamedTuple):
    host: Host
    score: int


class Management(NamedTuple):
    """Figures of the period come from the kept days; lists are as they stand now, as a list of work is."""

    trends: Trends
    line: PaperLine | None
    moved: Moved
    hosts: int
    worst: list[HostLine]
    unseen: list[Host]
    checks: list[CheckLine]
    newest: list[Finding]
    overdue: int
    acceptances: list[Acceptance]
    acceptances_left: int

    @property
    def gists(self) -> list[str]:
        """What the charts of the trends say of these days, in sentences."""
        return [self.trends.charts[name].gist for name in GISTS if name in self.trends.charts]

    @property
    def severities(self) -> list[tuple[Severity, int, int]]:
        """Open at the beginning and at the end, worst first."""
        first, last = self.trends.this.days[0].by_severity, self.trends.this.days[-1].by_severity
        return list(zip(reversed(Severity), first, last, strict=True))


def management(user: User, asked: Asked, *, now: datetime) -> Management:
    """In a number of queries that does not grow."""
    hosts = asked.scope.hosts(user)
    found = findings_for(user).filter(host__in=hosts)
    standing = stands(hosts)
    figures = trends(user, _as_trends(asked), today=now.date())
    accepted = _acceptances(user, asked)
    return Management(
        trends=figures,
        line=score_line(figures.period.days(), [day.score for day in figures.this.days]),
        moved=moved(shares(user, asked.scope, Period(asked.since - timedelta(days=1), asked.until)), ("", "")),
        hosts=hosts.count(),
        worst=_worst(hosts, standing),
        unseen=list(unseen(hosts, now=now).order_by("name")[: HOSTS + 1]),
        checks=_checks(found.open()),
        newest=_newest_criticals(found),
        overdue=found.overdue(now.date()).count(),
        acceptances=accepted[:ACCEPTANCES],
        acceptances_left=max(0, len(accepted) - ACCEPTANCES),
    )


def _as_trends(asked: Asked) -> TrendsAsked:
    return TrendsAsked(scope=asked.scope, since=asked.since.isoformat(), to=asked.until.isoformat())


def _worst(hosts: HostQuerySet, standing: Mapping[int, Stand]) -> list[HostLine]:
    scored = sorted((stand.score, pk) for pk, stand in standing.items() if stand.score is not None)[:HOSTS]
    found = hosts.select_related("group").in_bulk([pk for _, pk in scored])
    return [HostLine(found[pk], score) for score, pk in scored if pk in found]


def _checks(findings: FindingQuerySet) -> list[CheckLine]:
    counted = (
        findings.order_by()
        .values_list("check_name")
        .annotate(Max("severity"), Count("pk"), Count("host", distinct=True), Min("opened_at"))
    )
    lines = [CheckLine(*row) for row in counted]
    return sorted(lines, key=lambda line: (-line.severity, -line.findings, line.check))[:CHECKS]


def _newest_criticals(findings: FindingQuerySet) -> list[Finding]:
    criticals = findings.open().filter(severity=Severity.CRITICAL).select_related("host")
    return list(criticals.order_by("-opened_at", "pk")[:FINDINGS])


def _acceptances(user: User, asked: Asked) -> list[Acceptance]:
    """Those that end first; those that never end last."""
    found = acceptances_for(user).in_force()
    if asked.scope.narrows:
        found = found.filter(holding__host__in=asked.scope.hosts(user)).distinct()
    rows = found.annotate(holds=holding_of(user)).select_related("host", "group", "finding__host")
    return sorted(rows, key=lambda row: (row.until is None, row.until or date.max, row.pk))
