"""What changed in a window, as a few lines: new criticals one by one, the rest by host."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db.models import Max, Min

from secdash.accounts.models import User
from secdash.checks.outcome import Severity
from secdash.findings.models import Finding, State, Transition, Why
from secdash.fleet.access import hosts_for
from secdash.fleet.models import Host
from secdash.posture import keeping
from secdash.posture.happened import Happened, happened
from secdash.posture.windows import Window

OPENING = (Why.SEEN, Why.REOPENED)
LINES = 6
MOST = 200  # where all are asked for


class Group(NamedTuple):
    """What happened on one host. `kind`: first (scan), opened, resolved, returned or accepted."""

    kind: str
    host: int
    at: datetime
    number: int
    severities: tuple[tuple[Severity, int], ...]  # worst first
    check: str = ""  # where all are of one check


class Changes(NamedTuple):
    """`groups`: the newest first, of `total`; `by_severity`: what that added to the open findings."""

    groups: list[Group]
    total: int
    by_severity: Mapping[Severity, int]
    fresh: frozenset[int]  # hosts that came in the window


class Event(NamedTuple):
    """One line. `kind` is that of its group, or critical."""

    kind: str
    at: datetime
    host: Host
    number: int = 1
    severities: tuple[tuple[Severity, int], ...] = ()
    check: str = ""
    finding: Finding | None = None
    was: int | None = None  # the host's score before
    now: int | None = None


def changes(user: User, window: Window, mark: str, *, now: datetime) -> Changes:
    """Kept until a finding moves: then a few queries, which read the newest transitions of the window."""
    return keeping.kept(f"changes:{window.since:%Y%m%d%H%M%S}", mark, lambda: _changes(user, window.since, now))


def criticals(newest: Iterable[Finding], window: Window, fresh: frozenset[int]) -> list[Event]:
    """New criticals on hosts that were known before: each deserves its own line."""
    new = [each for each in newest if each.opened_at >= window.since and each.host_id not in fresh]
    return [Event("critical", each.opened_at, each.host, check=each.check_name, finding=each) for each in new]


def events(found: Changes, first: list[Event], hosts: Mapping[int, Host], *, most: int) -> list[Event]:
    """Criticals first, then the newest; of hosts that are gone meanwhile nothing is told."""
    rest = (
        Event(group.kind, group.at, hosts[group.host], group.number, group.severities, group.check)
        for group in found.groups
        if group.host in hosts
    )
    return [*first, *rest][:most]


def _changes(user: User, since: datetime, now: datetime) -> Changes:
    visible = set(hosts_for(user).values_list("pk", flat=True))
    fresh = frozenset(hosts_for(user).filter(created_at__gte=since).values_list("pk", flat=True))
    rows = [row for row in happened(since, now=now) if row.host in visible]
    groups = sorted(_groups(rows, fresh), key=lambda group: group.at, reverse=True)
    added: Counter[Severity] = Counter()
    for row in rows:
        added[Severity(row.severity)] += row.number * ((row.now == State.OPEN) - (row.was == State.OPEN))
    shown = groups[:MOST]
    checks = _checks({group.host for group in shown[:LINES]}, since)
    named = [group._replace(check=_only_check(group, checks, fresh)) for group in shown[:LINES]]
    return Changes([*named, *shown[LINES:]], len(groups), added, fresh)


def _groups(rows: Iterable[Happened], fresh: frozenset[int]) -> Iterator[Group]:
    found: dict[tuple[int, str], list[Happened]] = defaultdict(list)
    for row in rows:
        kind = _kind(row.host, row.now, row.why, fresh)
        if kind != "opened" or row.severity != Severity.CRITICAL:
            found[row.host, kind].append(row)
    for (host, kind), mine in found.items():
        counts: Counter[Severity] = Counter()
        for row in mine:
            counts[Severity(row.severity)] += row.number
        worst_first = tuple(sorted(counts.items(), reverse=True))
        yield Group(kind, host, max(row.at for row in mine), counts.total(), worst_first)


def _kind(host: int, now: str, why: str, fresh: frozenset[int]) -> str:
    if now == State.RESOLVED:
        return "resolved"
    if now == State.ACCEPTED:
        return "accepted"
    if why not in OPENING:
        return "returned"
    return "first" if host in fresh else "opened"


def _checks(hosts: set[int], since: datetime) -> dict[tuple[int, str, str], set[str]]:
    """The first and last check of what happened on a few hosts, by host, new state and reason."""
    found = Transition.objects.filter(finding__host__in=hosts, at__gte=since).order_by()
    found = found.exclude(finding__severity=Severity.CRITICAL, why__in=OPENING)
    rows = found.values_list("finding__host_id", "now", "why").annotate(
        Min("finding__check_name"), Max("finding__check_name")
    )
    return {(host, now, why): {first, last} for host, now, why, first, last in rows}


def _only_check(group: Group, checks: Mapping[tuple[int, str, str], set[str]], fresh: frozenset[int]) -> str:
    names: set[str] = set()
    for (host, now, why), both in checks.items():
        if host == group.host and _kind(host, now, why, fresh) == group.kind:
            names |= both
    return names.pop() if len(names) == 1 else ""
