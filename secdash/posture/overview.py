"""The overview's figures: the score and its arithmetic, open findings by severity, worst hosts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from secdash.accounts.models import User
from secdash.checks.outcome import Severity
from secdash.findings.access import findings_for
from secdash.findings.models import Finding
from secdash.findings.score import CAPS
from secdash.fleet.access import hosts_for
from secdash.posture import latest, tallies
from secdash.posture.days import WORST_FIRST, History, whole_history
from secdash.posture.latest import HostNow, Standing
from secdash.posture.since import Event, since_yesterday

DAYS = 90
WORST = 5
NEWEST = 4


class Held(NamedTuple):
    """Hosts that open failures of one severity hold down, and what the mean would be without those failures."""

    severity: Severity
    cap: int
    hosts: int
    without: int


class Summary(NamedTuple):
    """All hosts together. `score` is None until one was scanned."""

    score: float | None
    was: float | None
    scored: int
    hosts: int
    containers: int
    assessed: float | None
    accepted: int
    unreachable: int
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


class HostLine(NamedTuple):
    """A host in a table."""

    now: HostNow
    open: Counter[Severity]
    change: int | None
    days: list[int | None]

    @property
    def worst_counts(self) -> list[tuple[Severity, int]]:
        return [(severity, self.open[severity]) for severity in WORST_FIRST if self.open[severity]]

    @property
    def critical(self) -> int:
        return self.open[Severity.CRITICAL]

    @property
    def high(self) -> int:
        return self.open[Severity.HIGH]


class Overview(NamedTuple):
    summary: Summary
    severities: list[SeverityLine]
    open_total: int
    days: list[tuple[date, float | None]]
    best: tuple[date, float] | None
    worst: list[HostLine]
    newest: list[Finding]
    events: list[Event]

    @property
    def counts(self) -> dict[int, int]:
        return {int(line.severity): line.open for line in self.severities}


def overview(user: User, *, now: datetime) -> Overview:
    """Everything the page shows, in a number of queries that does not grow."""
    hosts = hosts_for(user)
    states = latest.hosts_now(hosts)
    standing = latest.standing(hosts)
    kept = whole_history(hosts, today=now.date(), length=DAYS)
    days = kept.scores()
    lines = host_lines(states, standing, kept)
    severities = _severities(latest.total(each.open for each in standing.values()), kept)
    scores = {state.host.pk: state.score for state in states}
    return Overview(
        summary=_summary(states, standing, days),
        severities=severities,
        open_total=sum(line.open for line in severities),
        days=days,
        best=_best(days),
        worst=worst_first(line for line in lines if line.now.score is not None)[:WORST],
        newest=_newest_criticals(user),
        events=since_yesterday(user, {state.host.pk: state.host for state in states}, scores, kept, now=now),
    )


def host_lines(states: Iterable[HostNow], standing: dict[int, Standing], kept: History) -> list[HostLine]:
    return [_host_line(state, standing[state.host.pk].open, kept) for state in states]


def _host_line(state: HostNow, counts: Counter[Severity], kept: History) -> HostLine:
    before = kept.before(state.host.pk)
    change = None if before is None or before.score is None or state.score is None else state.score - before.score
    return HostLine(state, counts, change, kept.scores_of(state.host.pk))


def worst_first(lines: Iterable[HostLine]) -> list[HostLine]:
    """By score, unscored last; among equals the one with more criticals, then highs."""
    return sorted(lines, key=lambda line: (_rank(line.now.score), -line.critical, -line.high, line.now.host.name))


def _rank(score: int | None) -> int:
    return 101 if score is None else score


def _summary(states: list[HostNow], standing: dict[int, Standing], days: list[tuple[date, float | None]]) -> Summary:
    scores = [state.score for state in states if state.score is not None]
    scans = [state.scan for state in states if state.scan]
    seen = [state.host.seen_at for state in states if state.host.seen_at]
    return Summary(
        score=_mean(scores),
        was=days[-2][1],
        scored=len(scores),
        hosts=len(states),
        containers=sum(scan.containers or 0 for scan in scans),
        assessed=_mean([scan.assessed for scan in scans if scan.assessed is not None]),
        accepted=latest.total(each.accepted for each in standing.values()).total(),
        unreachable=sum(state.is_unreachable for state in states),
        held=_held(states, standing),
        as_of=max(seen, default=None),
    )


def _mean(values: list[int] | list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _held(states: list[HostNow], standing: dict[int, Standing]) -> Held | None:
    """The worst severity that holds hosts at its cap, and the mean without its open failures."""
    scored = {state.host.pk: state for state in states if state.score is not None}
    for severity in (Severity.CRITICAL, Severity.HIGH):
        held = {pk for pk, state in scored.items() if _is_held(state, severity, standing[pk].accepted)}
        if held:
            scores = [_freed(s, severity, standing[pk]) if pk in held else s.score or 0 for pk, s in scored.items()]
            return Held(severity, CAPS[severity], len(held), round(_mean(scores) or 0))
    return None


def _is_held(state: HostNow, severity: Severity, accepted: Counter[Severity]) -> bool:
    """Whether the cap explains the score; the arithmetic must give the stored figure, else nothing is claimed."""
    if state.scan is None or state.score != CAPS[severity]:
        return False
    computed = tallies.score_of(state.scan.tally, accepted.elements())
    return computed.value == state.score and computed.held_by is severity


def _freed(state: HostNow, severity: Severity, standing: Standing) -> int:
    """The host's score if nothing of this severity failed; only for a host that is held."""
    tally = state.scan.tally if state.scan else {}
    return tallies.score_without(tally, severity, standing.accepted.elements()).value or 0


def _severities(counts: Counter[Severity], kept: History) -> list[SeverityLine]:
    series = kept.open_by_severity()
    return [_severity_line(severity, counts[severity], series[severity]) for severity in WORST_FIRST]


def _severity_line(severity: Severity, count: int, days: list[int | None]) -> SeverityLine:
    yesterday = days[-2] if len(days) > 1 else None
    return SeverityLine(severity, count, None if yesterday is None else count - yesterday, days)


def _best(days: list[tuple[date, float | None]]) -> tuple[date, float] | None:
    known = [(score, day) for day, score in days if score is not None]
    if len(known) < 2:
        return None
    score, day = max(known)
    return day, score


def _newest_criticals(user: User) -> list[Finding]:
    found = findings_for(user).open().filter(severity=Severity.CRITICAL)
    return list(found.select_related("host").order_by("-opened_at", "pk")[:NEWEST])
