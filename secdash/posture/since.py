"""What happened since yesterday, as a few lines: new criticals one by one, the rest by host and scan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Max, Min

from secdash.accounts.models import User
from secdash.checks.outcome import Severity
from secdash.findings.access import findings_for
from secdash.findings.models import Finding, State, Transition, Why
from secdash.fleet.access import hosts_for
from secdash.fleet.models import Host
from secdash.posture.days import History

OPENING = (Why.SEEN, Why.REOPENED)
LINES = 6


class Event(NamedTuple):
    """One line. `kind`: critical, first, opened, resolved or returned."""

    kind: str
    at: datetime
    host: Host
    number: int
    severities: tuple[tuple[Severity, int], ...]  # worst first
    check: str = ""  # where all are of one check
    finding: Finding | None = None
    was: int | None = None  # the host's score yesterday
    now: int | None = None


class Batch(NamedTuple):
    """Transitions of one host, one scan and one reason, by severity."""

    host_id: int
    scan_id: int | None
    now: str
    why: str
    severity: int
    number: int
    at: datetime
    first_check: str
    last_check: str


def since_yesterday(
    user: User, hosts: dict[int, Host], scores: dict[int, int | None], history: History, *, now: datetime
) -> list[Event]:
    """At most LINES events of the last 24 hours, criticals first, then the newest."""
    since = now - timedelta(days=1)
    batches = [batch for batch in _batches(user, since) if batch.host_id in hosts]
    fresh = {pk for pk, host in hosts.items() if host.created_at >= since}
    events = [*_criticals(user, since, fresh), *_grouped(batches, hosts, fresh)]
    events.sort(key=lambda event: (event.kind == "critical", event.at), reverse=True)
    return [_with_scores(event, scores, history) for event in events[:LINES]]


def _batches(user: User, since: datetime) -> Iterator[Batch]:
    """One query: the database counts, so that a first scan with thousands of findings is a few rows.

    The time stands in a query of its own: else SQLite goes through all findings of the hosts for the few of a day.
    """
    recent = Transition.objects.filter(at__gte=since).values("pk")
    mine = Transition.objects.filter(pk__in=recent, finding__host__in=hosts_for(user)).order_by()
    counted = mine.values_list("finding__host_id", "scan_id", "now", "why", "finding__severity").annotate(
        Count("pk"), Max("at"), Min("finding__check_name"), Max("finding__check_name")
    )
    return (Batch(*row) for row in counted)


def _criticals(user: User, since: datetime, fresh: set[int]) -> Iterator[Event]:
    """New criticals on hosts that were known before: each deserves its own line."""
    found = findings_for(user).open().filter(severity=Severity.CRITICAL, opened_at__gte=since)
    for finding in found.exclude(host__in=fresh).select_related("host").order_by("-opened_at")[:LINES]:
        yield Event("critical", finding.opened_at, finding.host, 1, (), finding.check_name, finding)


def _grouped(batches: Iterable[Batch], hosts: dict[int, Host], fresh: set[int]) -> Iterator[Event]:
    groups: dict[tuple[int, str], list[Batch]] = {}
    for batch in batches:
        kind = _kind(batch, fresh)
        if kind != "opened" or batch.severity != Severity.CRITICAL:
            groups.setdefault((batch.host_id, kind), []).append(batch)
    for (host_id, kind), rows in groups.items():
        yield _event(kind, hosts[host_id], rows)


def _kind(batch: Batch, fresh: set[int]) -> str:
    if batch.now == State.RESOLVED:
        return "resolved"
    if batch.why not in OPENING:
        return "returned"
    return "first" if batch.host_id in fresh else "opened"


def _event(kind: str, host: Host, rows: list[Batch]) -> Event:
    counts: Counter[Severity] = Counter()
    for row in rows:
        counts[Severity(row.severity)] += row.number
    checks = {row.first_check for row in rows} | {row.last_check for row in rows}
    return Event(
        kind,
        max(row.at for row in rows),
        host,
        sum(counts.values()),
        tuple(sorted(counts.items(), reverse=True)),
        checks.pop() if len(checks) == 1 else "",
    )


def _with_scores(event: Event, scores: dict[int, int | None], history: History) -> Event:
    before = history.before(event.host.pk)
    return event._replace(was=before.score if before else None, now=scores.get(event.host.pk))
