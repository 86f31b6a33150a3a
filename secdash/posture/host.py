"""One host: its score and why, its sections, what it leaves open, its containers, its scans."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from secdash.checks.outcome import Severity, Status
from secdash.facts.message import Message
from secdash.facts.model import KINDS, Container, Engine, Image
from secdash.findings.models import Finding, State
from secdash.findings.score import Score
from secdash.fleet.models import Host
from secdash.posture import containers, exposure, tallies
from secdash.posture.containers import ContainerRow, Identity
from secdash.posture.days import Day, history
from secdash.posture.exposure import Opening
from secdash.posture.latest import newest_scan
from secdash.posture.replay import Replay, replay
from secdash.posture.tallies import Section
from secdash.scans.models import Scan

SCANS = 8
FIRST_CONTAINERS = 50
FIRST_LINES = 12
OPENINGS = 6
OF_ENGINE = frozenset(KINDS) - {Container.kind, Image.kind}

SECTION_NAMES = {
    "1": _("Host"),
    "2": _("Daemon"),
    "3": _("Daemon files"),
    "4": _("Images"),
    "5": _("Runtime"),
    "6": _("Operations"),
    "7": _("Swarm"),
    "": _("Not in CIS"),
}


class Arithmetic(NamedTuple):
    """The score taken apart. `held_count` open failures hold it; without them it would be `without`."""

    score: Score
    held_count: int
    without: Score | None


class OpeningLine(NamedTuple):
    opening: Opening
    finding: Finding | None


class Unknowns(NamedTuple):
    """The checks that one reason keeps from answering."""

    reason: Message
    checks: list[str]


class HostPage(NamedTuple):
    scan: Scan | None
    active: Scan | None
    before: Day | None
    arithmetic: Arithmetic | None
    engine: Engine | None
    sections: list[tuple[Section, object]]
    openings: list[OpeningLine]
    containers: list[ContainerRow]
    engine_lines: list[containers.VerdictLine]
    unknowns: list[Unknowns]
    open: Counter[Severity]
    accepted: int
    scans: list[Scan]

    @property
    def was(self) -> int | None:
        """The score of the day before; None on a host's first day."""
        return self.before.score if self.before else None

    @property
    def open_total(self) -> int:
        return self.open.total()

    @property
    def failure(self) -> Message | None:
        """Why the newest scan failed."""
        newest = next((scan for scan in self.scans if scan.state not in Scan.ACTIVE), None)
        return newest.failure if newest else None


def host_page(host: Host, *, now: datetime) -> HostPage:
    """Seven queries, and the snapshot once."""
    scan = newest_scan(host)
    scans = list(Scan.objects.filter(host=host).defer("tally").select_related("requested_by").newest_first()[:SCANS])
    found = containers.findings_of(host)
    counts = Counter(Severity(each.severity) for each in found.values() if each.state == State.OPEN)
    accepted = [Severity(each.severity) for each in found.values() if each.state == State.ACCEPTED]
    seen = replay(scan)
    return HostPage(
        scan=scan,
        active=next((each for each in scans if each.state in Scan.ACTIVE), None),
        before=_yesterday(host, now),
        arithmetic=_arithmetic(scan, accepted),
        engine=seen.facts.engine if seen else None,
        sections=[(each, SECTION_NAMES[each.number]) for each in tallies.by_section(scan.tally)] if scan else [],
        openings=_openings(seen, found) if seen else [],
        containers=containers.container_rows(seen, found) if seen else [],
        engine_lines=_engine_lines(seen, found) if seen else [],
        unknowns=_unknowns(seen) if seen else [],
        open=counts,
        accepted=len(accepted),
        scans=scans,
    )


def _yesterday(host: Host, now: datetime) -> Day | None:
    return history(Host.objects.filter(pk=host.pk), today=now.date(), length=30).before(host.pk)


def _arithmetic(scan: Scan | None, accepted: list[Severity]) -> Arithmetic | None:
    """None where the tally does not give the stored score, because the catalogue changed since the scan."""
    if scan is None or scan.score is None:
        return None
    score = tallies.score_of(scan.tally, accepted)
    if score.value != scan.score:
        return None
    if score.held_by is None:
        return Arithmetic(score, 0, None)
    without = tallies.score_without(scan.tally, score.held_by, accepted)
    return Arithmetic(score, _open_failures(scan, score.held_by, accepted), without)


def _open_failures(scan: Scan, severity: Severity, accepted: list[Severity]) -> int:
    failed: int = sum(counts[1] for name, counts in scan.tally.items() if tallies.severity_of(name) is severity)
    return failed - accepted.count(severity)


def _openings(seen: Replay, findings: Mapping[Identity, Finding]) -> list[OpeningLine]:
    found = exposure.openings(seen.verdicts, seen.containers())
    return [OpeningLine(line, findings.get((line.check, line.kind, line.key))) for line in found]


def _engine_lines(seen: Replay, findings: Mapping[Identity, Finding]) -> list[containers.VerdictLine]:
    """What fails beside containers and images, worst first."""
    shown = [v for v in seen.verdicts if v.subject.kind in OF_ENGINE and v.status is Status.FAIL]
    shown.sort(key=lambda v: (-v.severity, v.check, v.subject.name))
    return [containers.VerdictLine(v, findings.get((v.check, v.subject.kind, v.subject.key))) for v in shown]


def _unknowns(seen: Replay) -> list[Unknowns]:
    """What is unknown beside containers and images, by its reason: one missing right keeps many from answering."""
    found: dict[Message, dict[str, None]] = defaultdict(dict)
    for verdict in seen.verdicts:
        if verdict.subject.kind in OF_ENGINE and verdict.status is Status.UNKNOWN and verdict.outcome.reason:
            found[verdict.outcome.reason][verdict.check] = None
    groups = [Unknowns(reason, list(checks)) for reason, checks in found.items()]
    return sorted(groups, key=lambda group: -len(group.checks))
