"""The overview's figures: the score and its arithmetic, what changed, what is worst, what awaits the reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from secdash.accounts.models import User
from secdash.checks.outcome import Severity
from secdash.findings.access import findings_for
from secdash.findings.models import Finding
from secdash.fleet.access import hosts_for
from secdash.fleet.models import Host
from secdash.posture import host_lines, keeping, since
from secdash.posture.awaiting import Awaiting, awaiting
from secdash.posture.closed_days import ClosedDays, closed_days
from secdash.posture.context import Rooms
from secdash.posture.days import WORST_FIRST, History
from secdash.posture.fleet_stand import FleetStand, fleet_stand, mean
from secdash.posture.held import Held
from secdash.posture.host_lines import HostLine
from secdash.posture.since import Event
from secdash.posture.stands import Stand, stands
from secdash.posture.unseen import UnseenHosts, unseen_hosts
from secdash.posture.windows import Window
from secdash.scans.access import gone_for

DAYS = 90
NEWEST = 4
FETCHED = 50  # criticals, of which the list shows a few and the changes the new ones
AN_HOUR = 3600


class Summary(NamedTuple):
    """All hosts together. `score` is None until one was scanned; `was` as the window began, None where nothing was."""

    score: float | None
    was: float | None
    scored: int
    hosts: int
    containers: int
    assessed: float | None
    accepted: int
    held: Held | None
    as_of: datetime | None

    @property
    def unscored(self) -> int:
        return self.hosts - self.scored


class SeverityLine(NamedTuple):
    severity: Severity
    open: int
    change: int | None
    days: list[int | None]


class Overview(NamedTuple):
    window: Window
    summary: Summary
    severities: list[SeverityLine]
    open_total: int
    days: list[tuple[date, float | None]]
    best: tuple[date, float] | None
    worst: list[HostLine]
    newest: list[Finding]
    events: list[Event]
    events_total: int
    awaiting: Awaiting
    unseen: UnseenHosts

    @property
    def criticals(self) -> int:
        return self.counts[Severity.CRITICAL]

    @property
    def counts(self) -> dict[int, int]:
        return {int(line.severity): line.open for line in self.severities}


def overview(user: User, window: Window, rooms: Rooms, *, now: datetime, most: int = since.LINES) -> Overview:
    """Everything the page shows. What only changes with a finding or a day is kept, so that a look asks for little."""
    changed = since.changes(user, window, rooms.mark, now=now)
    fleet, closed = _fleet(user, window, rooms, changed, most), _closed(user, rooms, now)
    newest = keeping.kept("newest-criticals", rooms.mark, lambda: newest_criticals(user))
    before = _scores_before(user, window, rooms) if window.is_visit else None
    found = _hosts(user, [*fleet.worst, *(group.host for group in changed.groups[:most])])
    kept = host_lines.days_of(user, found, today=now.date())
    first = since.criticals(newest, window, changed.fresh)
    events = since.events(changed, first, found, most=most)
    days = [*closed.scores, (now.date(), fleet.score)]
    return Overview(
        window=window,
        summary=_summary(fleet, rooms, closed.was if before is None else mean(before.values())),
        severities=_severities(fleet, closed, changed.by_severity if window.is_visit else None),
        open_total=sum(fleet.open),
        days=days,
        best=_best(days),
        worst=host_lines.lines((found[pk] for pk in fleet.worst if pk in found), fleet.stands, fleet.weights, kept),
        newest=newest[:NEWEST],
        events=[with_scores(event, fleet.stands, before, kept) for event in events],
        events_total=changed.total + len(first),
        awaiting=awaiting(user, rooms, now=now),
        unseen=unseen_hosts(hosts_for(user), now=now),
    )


def _fleet(user: User, window: Window, rooms: Rooms, changed: since.Changes, most: int) -> FleetStand:
    shown = [group.host for group in changed.groups[:most]]
    name = f"{window.since:%Y%m%d%H%M%S}:{most}"
    return fleet_stand(hosts_for(user), shown, name=name, rooms=rooms)


def _closed(user: User, rooms: Rooms, now: datetime) -> ClosedDays:
    return closed_days(hosts_for(user), gone_for(user), rooms.hosts_mark, today=now.date(), length=DAYS - 1)


def _scores_before(user: User, window: Window, rooms: Rooms) -> dict[int, int | None]:
    """The hosts' scores as the window began; what was does not change, so it is kept."""
    return keeping.kept(
        f"scores-before:{window.since.isoformat()}",
        rooms.hosts_mark,
        lambda: {pk: each.score for pk, each in stands(hosts_for(user), before=window.since).items()},
        seconds=AN_HOUR,
    )


def _hosts(user: User, wanted: Iterable[int]) -> dict[int, Host]:
    return hosts_for(user).select_related("group", "connection").in_bulk(list(wanted))


def _summary(fleet: FleetStand, rooms: Rooms, was: float | None) -> Summary:
    return Summary(
        score=fleet.score,
        was=was,
        scored=fleet.scored,
        hosts=rooms.hosts,
        containers=fleet.containers,
        assessed=fleet.assessed,
        accepted=fleet.accepted,
        held=fleet.held,
        as_of=rooms.seen_at,
    )


def _severities(fleet: FleetStand, closed: ClosedDays, added: Mapping[Severity, int] | None) -> list[SeverityLine]:
    """`added`: what the window added, where it is not yesterday's end that the counts are compared with."""
    return [_severity_line(severity, fleet, closed, added) for severity in WORST_FIRST]


def _severity_line(
    severity: Severity, fleet: FleetStand, closed: ClosedDays, added: Mapping[Severity, int] | None
) -> SeverityLine:
    count, before = fleet.open[severity], closed.open_before(severity)
    change = added.get(severity, 0) if added is not None else None if before is None else count - before
    return SeverityLine(severity, count, change, [*closed.open[severity], count])


def _best(days: list[tuple[date, float | None]]) -> tuple[date, float] | None:
    known = [(score, day) for day, score in days if score is not None]
    if len(known) < 2:
        return None
    score, day = max(known)
    return day, score


def newest_criticals(user: User) -> list[Finding]:
    found = findings_for(user).open().filter(severity=Severity.CRITICAL)
    listed = found.select_related("host").defer("evidence", "reason", "bound_to")
    return list(listed.order_by("-opened_at", "pk")[:FETCHED])


def with_scores(
    event: Event, stands: Mapping[int, Stand], before: Mapping[int, int | None] | None, kept: History
) -> Event:
    """The host's score as the window began, or at the end of yesterday, and now."""
    day = kept.before(event.host.pk)
    yesterday = day.score if day else None
    was = yesterday if before is None else before.get(event.host.pk)
    stand = stands.get(event.host.pk)
    return event._replace(was=was, now=stand.score if stand else None)
