"""One host: its score and why, its sections, what it leaves open, its containers, its scans."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext_lazy as _

from secdash.checks.engine import Verdict
from secdash.checks.isolation import security_names
from secdash.checks.outcome import Severity, Status
from secdash.facts.message import Message
from secdash.facts.model import KINDS, Container, Engine, Image
from secdash.findings.models import Finding
from secdash.findings.score import Score
from secdash.fleet.models import Host
from secdash.posture import container_trail, containers, exposure, tallies
from secdash.posture.containers import ContainerRow, Identity
from secdash.posture.exposure import Opening
from secdash.posture.host_stories import Stories, identities, stories_beside
from secdash.posture.latest import newest_scan
from secdash.posture.ports import Published, published
from secdash.posture.replay import Replay, replay
from secdash.posture.stands import Weight, as_counter, weights
from secdash.posture.tallies import Section
from secdash.scans.models import PostureDay, Scan

SCANS = 8
A_PAGE = 50  # containers
PORTS = 25
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


class ContainerLine(NamedTuple):
    """A container in the table; `days` are its open findings over thirty days."""

    row: ContainerRow
    days: list[int]


class Exposed(NamedTuple):
    """What is reached from outside: every published port, and the containers on the host's own network."""

    ports: Page[Published]
    findings: Mapping[str, Finding]  # by container's key, what is held against publishing on every address
    on_host_network: list[Container]
    rootless: bool


class HostPage(NamedTuple):
    scan: Scan | None
    active: Scan | None
    was: int | None  # the score of the day before; None on a host's first day
    arithmetic: Arithmetic | None
    engine: Engine | None
    sections: list[tuple[Section, object]]
    openings: list[OpeningLine]
    openings_total: int
    exposed: Exposed | None
    containers: Page[Container]
    container_lines: list[ContainerLine]
    engine_lines: list[containers.VerdictLine]
    engine_total: int
    unknowns: list[Unknowns]
    stories: Stories | None
    open: Counter[Severity]
    accepted: int
    scans: list[Scan]

    @property
    def open_total(self) -> int:
        return self.open.total()

    @property
    def containers_total(self) -> int:
        return self.containers.paginator.count

    @property
    def failure(self) -> Message | None:
        """Why the newest scan failed."""
        newest = next((scan for scan in self.scans if scan.state not in Scan.ACTIVE), None)
        return newest.failure if newest else None


class Asked(NamedTuple):
    """Which part of the page is to be shown: pages as the address has them, and whether short lists are whole."""

    containers: str = "1"
    ports: str = "1"
    whole: bool = False


class _Shown(NamedTuple):
    """What of a snapshot the page shows; the whole is sorted, but only this is fetched and drawn."""

    openings: list[Opening]
    openings_total: int
    beside: list[Verdict]
    beside_total: int
    containers: Page[Container]
    ports: Page[Published]

    def identities(self) -> Iterator[Identity]:
        """Of the findings that stand beside the lines."""
        yield from ((line.check, line.kind, line.key) for line in self.openings)
        yield from map(containers.identity_of, self.beside)
        yield from ((exposure.PORT_CHECK, Container.kind, line.key) for line in self.ports)


def host_page(host: Host, asked: Asked = Asked(), *, now: datetime) -> HostPage:  # noqa: B008 - an immutable value
    """Eight queries, and the snapshot once."""
    scans = _scans(host)
    scan = next((each for each in scans if each.state == Scan.State.DONE), None) or newest_scan(host)
    accepted = containers.accepted_on(host)
    seen = replay(scan)
    shown = _shown(seen, accepted, asked)
    of_stories = identities(seen) if seen else []
    found = containers.findings_of(host, [*shown.identities(), *of_stories])
    return HostPage(
        scan=scan,
        active=next((each for each in scans if each.state in Scan.ACTIVE), None),
        was=_score_before(host, now),
        arithmetic=_arithmetic(scan, list(accepted.values())),
        engine=seen.facts.engine if seen else None,
        sections=[(each, SECTION_NAMES[each.number]) for each in tallies.by_section(scan.tally)] if scan else [],
        openings=[OpeningLine(line, found.get((line.check, line.kind, line.key))) for line in shown.openings],
        openings_total=shown.openings_total,
        exposed=_exposed(seen, shown.ports, found) if seen else None,
        containers=shown.containers,
        container_lines=_container_lines(host, seen, shown.containers, accepted, now) if seen else [],
        engine_lines=[containers.VerdictLine(v, found.get(containers.identity_of(v))) for v in shown.beside],
        engine_total=shown.beside_total,
        unknowns=seen.once(_unknowns) if seen else [],
        stories=stories_beside(seen, found) if seen else None,
        open=as_counter(weights(Host.objects.filter(pk=host.pk)).get(host.pk, Weight()).open),
        accepted=len(accepted),
        scans=scans,
    )


def _scans(host: Host) -> list[Scan]:
    """The newest few, each as `newest_scan` would have it."""
    rows = Scan.objects.filter(host=host).select_related("requested_by", "snapshot").defer("snapshot__content")
    return list(rows.newest_first()[:SCANS])


def _shown(seen: Replay | None, accepted: Mapping[Identity, Severity], asked: Asked) -> _Shown:
    openings = seen.once(_openings) if seen else []
    beside = seen.once(_beside) if seen else []
    return _Shown(
        openings if asked.whole else openings[:OPENINGS],
        len(openings),
        beside if asked.whole else beside[:FIRST_LINES],
        len(beside),
        Paginator(containers.worst_first(seen, accepted) if seen else [], A_PAGE).get_page(asked.containers),
        Paginator(seen.once(_ports) if seen else [], PORTS).get_page(asked.ports),
    )


def _container_lines(
    host: Host, seen: Replay, shown: Iterable[Container], accepted: Mapping[Identity, Severity], now: datetime
) -> list[ContainerLine]:
    about = seen.once(containers.verdicts_by_container)
    rows = [containers.container_row(each, about[each.key], accepted) for each in shown]
    days = container_trail.open_by_day(host, {row.key: row.open for row in rows}, today=now.date())
    return [ContainerLine(row, days[row.key]) for row in rows]


def _exposed(seen: Replay, shown: Page[Published], found: Mapping[Identity, Finding]) -> Exposed:
    wide = {key: finding for (check, _, key), finding in found.items() if check == exposure.PORT_CHECK}
    return Exposed(shown, wide, seen.once(_on_host_network), "rootless" in security_names(seen.facts.engine))


def _ports(seen: Replay) -> list[Published]:
    return published(seen.containers())


def _on_host_network(seen: Replay) -> list[Container]:
    return [each for each in seen.containers() if containers.text(each.network_mode) == "host"]


def _score_before(host: Host, now: datetime) -> int | None:
    """At the end of the last day before today that has one."""
    days = PostureDay.objects.filter(host_ident=host.pk, day__lt=now.date()).order_by("-day")
    return days.values_list("score", flat=True).first()


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


def _openings(seen: Replay) -> list[Opening]:
    return exposure.openings(seen.verdicts, seen.containers())


def _beside(seen: Replay) -> list[Verdict]:
    """What fails beside containers and images, worst first."""
    shown = [v for v in seen.verdicts if v.subject.kind in OF_ENGINE and v.status is Status.FAIL]
    return sorted(shown, key=lambda v: (-v.severity, v.check, v.subject.name))


def _unknowns(seen: Replay) -> list[Unknowns]:
    """What is unknown beside containers and images, by its reason: one missing right keeps many from answering."""
    found: dict[Message, dict[str, None]] = defaultdict(dict)
    for verdict in seen.verdicts:
        if verdict.subject.kind in OF_ENGINE and verdict.status is Status.UNKNOWN and verdict.outcome.reason:
            found[verdict.outcome.reason][verdict.check] = None
    groups = [Unknowns(reason, list(checks)) for reason, checks in found.items()]
    return sorted(groups, key=lambda group: -len(group.checks))
