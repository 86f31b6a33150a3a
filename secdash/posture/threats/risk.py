"""One risk: what the guide says of it, the checks that watch it, how each host stands, the worst findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Count

from knowledge import reading
from knowledge.reading import Passage
from secdash.accounts.models import User
from secdash.checks import CATALOGUE
from secdash.checks.engine import Check
from secdash.checks.outcome import Severity
from secdash.checks.risks import RISKS, Risk
from secdash.findings.access import findings_for
from secdash.findings.models import Finding, FindingQuerySet, State
from secdash.fleet.access import hosts_for
from secdash.posture import keeping, kept
from secdash.posture.kept import NOTHING, PLACE, Sums
from secdash.posture.threats import places
from secdash.posture.threats.asked import Asked
from secdash.posture.threats.cells import Cell, Held, Stand, Worst, cell, held
from secdash.posture.threats.matrix import A_PAGE, LIVE
from secdash.posture.threats.places import Seen

WORST = 10
ORDER = (Stand.OPEN, Stand.ACCEPTED, Stand.UNASSESSED, Stand.MITIGATED)


class CheckLine(NamedTuple):
    check: Check
    open: int
    accepted: int


class HostLine(NamedTuple):
    host: Seen
    cell: Cell


class RiskPage(NamedTuple):
    risk: Risk
    passage: Passage | None
    all: Cell
    checks: list[CheckLine]
    hosts: Page[HostLine]
    worst: list[Finding]

    @property
    def standing(self) -> list[CheckLine]:
        """The checks of which something is open or accepted."""
        return [line for line in self.checks if line.open or line.accepted]

    @property
    def quiet(self) -> list[CheckLine]:
        return [line for line in self.checks if not line.open and not line.accepted]


def watching(risk: Risk) -> list[Check]:
    """Worst severity first."""
    found = (check for check in CATALOGUE.values() if risk.key in check.risks)
    return sorted(found, key=lambda check: (-check.severity, check.name))


def risk_page(user: User, risk: Risk, asked: Asked, language: str, mark: str, *, number: str = "1") -> RiskPage:
    """`number` is the page of hosts, as the address has it; `mark` that of `keeping`."""
    checks = watching(risk)
    hosts = places.seen_hosts(asked.hosts(hosts_for(user)))
    findings = findings_for(user).filter(state__in=LIVE, check_name__in=[check.name for check in checks])
    findings = findings.filter(host__in=asked.hosts(hosts_for(user))) if asked.narrows else findings
    sums = places.sums(hosts)
    standing = keeping.kept(f"threat:{risk.key}:{asked.query()}", mark, lambda: _by_host(findings))
    lines = _host_lines(risk, hosts, sums, standing)
    return RiskPage(
        risk=risk,
        passage=reading.passage(risk.article, risk.key, language),
        all=_together(risk, sums, lines),
        checks=_check_lines(checks, findings),
        hosts=Paginator(lines, A_PAGE).get_page(number),
        worst=list(findings.open().select_related("host").order_by("-severity", "check_name", "pk")[:WORST]),
    )


def _host_lines(
    risk: Risk, hosts: list[Seen], sums: Mapping[int, Sums], standing: Mapping[int, Held]
) -> list[HostLine]:
    """Worst first: open, accepted, not assessed, mitigated, so that what needs a look stands above."""
    place = PLACE[risk.key]
    lines = [
        HostLine(each, cell(sums.get(each.pk, NOTHING).of_risk(place), standing.get(each.pk, Held()))) for each in hosts
    ]
    return sorted(lines, key=_rank)


def _rank(line: HostLine) -> tuple[int, int, int, str]:
    worst = line.cell.worst
    return ORDER.index(line.cell.stand), -(worst.severity if worst else -1), -line.cell.number, line.host.name


def _by_host(findings: FindingQuerySet) -> dict[int, Held]:
    """By severity instead of by check, which is all that a host's line says."""
    opened: dict[int, list[Worst]] = defaultdict(list)
    accepted: dict[int, list[Worst]] = defaultdict(list)
    rows = findings.order_by().values_list("host", "state", "severity").annotate(number=Count("*"))
    for host, state, severity, number in rows:
        stands = opened if state == State.OPEN else accepted
        stands[host].append(Worst(Severity(severity), number, "", None))
    return {host: held(opened[host], accepted[host]) for host in {*opened, *accepted}}


def _together(risk: Risk, sums: Mapping[int, Sums], lines: list[HostLine]) -> Cell:
    everything = Held()
    for line in lines:
        everything = everything.with_all(line.cell.held)
    return cell(kept.together(sums.values()).of_risk(PLACE[risk.key]), everything)


def _check_lines(checks: list[Check], findings: FindingQuerySet) -> list[CheckLine]:
    counted: dict[tuple[str, str], int] = {}
    for name, state, number in findings.order_by().values_list("check_name", "state").annotate(number=Count("*")):
        counted[name, state] = number
    lines = [
        CheckLine(each, counted.get((each.name, State.OPEN), 0), counted.get((each.name, State.ACCEPTED), 0))
        for each in checks
    ]
    return sorted(lines, key=lambda line: (not line.open, not line.accepted, -line.check.severity, -line.open))


def risk_of(key: str) -> Risk | None:
    return RISKS.get(key)
