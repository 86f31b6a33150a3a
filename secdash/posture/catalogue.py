"""The catalogue of checks beside what it says of the reader's hosts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count
from django.utils.translation import get_language

from knowledge.reading import FALLBACK, guide_urls
from secdash.accounts.models import User
from secdash.checks import CATALOGUE
from secdash.checks.engine import Check
from secdash.checks.risks import RISKS, Risk
from secdash.facts.model import Engine
from secdash.findings.access import findings_for
from secdash.findings.models import Finding
from secdash.fleet.access import hosts_for
from secdash.fleet.models import Host
from secdash.posture import latest, tallies
from secdash.posture.latest import HostNow
from secdash.posture.tallies import Faces

NEWEST = 20
LIVE_HOSTS = 4
LIVE_NAMES = 6


class Entry(NamedTuple):
    """A check and its faces over all hosts; `open` counts open findings."""

    check: Check
    faces: Faces
    open: int
    guide_url: str = ""

    @property
    def risks(self) -> list[Risk]:
        return risks_of(self.check)


class HostFaces(NamedTuple):
    host: Host
    faces: Faces
    is_unreachable: bool


class CheckPage(NamedTuple):
    entry: Entry
    hosts: list[HostFaces]
    newest: list[Finding]


class LiveHost(NamedTuple):
    host: Host
    findings: list[Finding]
    more: int
    last_seen: datetime | None  # where the host no longer answers


class Live(NamedTuple):
    check: Check
    faces: Faces
    hosts: list[LiveHost]
    more_hosts: int
    at: datetime | None
    scanned: int

    @property
    def shown(self) -> list[dict[str, Any]]:
        """Hosts as the live block of the look takes them."""
        return [_as_drawn(line) for line in self.hosts]


def entries(user: User) -> list[Entry]:
    """Worst severity first, then by number of failures."""
    faces = tallies.by_check(_tallies(latest.hosts_now(hosts_for(user))))
    opened = dict(findings_for(user).open().order_by().values_list("check_name").annotate(Count("pk")))
    guide = guide_urls(get_language() or FALLBACK)
    found = [
        Entry(each, faces.get(name, Faces()), opened.get(name, 0), guide.get(name, ""))
        for name, each in CATALOGUE.items()
    ]
    return sorted(found, key=lambda entry: (-entry.check.severity, -entry.open, entry.check.name))


def check_page(user: User, check: Check) -> CheckPage:
    now = latest.hosts_now(hosts_for(user))
    lines = [HostFaces(s.host, _faces(s, check), s.is_unreachable) for s in now if s.scan]
    lines = [line for line in lines if line.faces.judged]
    found = findings_for(user).open().filter(check_name=check.name)
    return CheckPage(
        entry=Entry(check, _total(lines), found.count()),
        hosts=sorted(lines, key=lambda line: (-line.faces.failed, -line.faces.unknown, line.host.name)),
        newest=list(found.select_related("host").order_by("-opened_at", "pk")[:NEWEST]),
    )


def live(user: User, check: Check) -> Live:
    """What the guide shows beside the section that explains this check: five queries."""
    now = [state for state in latest.hosts_now(hosts_for(user)) if state.scan]
    lines = {state.host.pk: HostFaces(state.host, _faces(state, check), state.is_unreachable) for state in now}
    found = findings_for(user).open().filter(check_name=check.name)
    counts = dict(found.order_by().values_list("host").annotate(Count("pk")))
    worst = sorted(counts, key=lambda pk: (-counts[pk], pk))[:LIVE_HOSTS]
    return Live(
        check=check,
        faces=_total(lines.values()),
        hosts=[_live_host(lines[pk], list(_first(user, check, pk)), counts[pk]) for pk in worst if pk in lines],
        more_hosts=max(0, len(counts) - LIVE_HOSTS),
        at=max((state.host.seen_at for state in now if state.host.seen_at), default=None),
        scanned=len(now),
    )


def _first(user: User, check: Check, host_id: int) -> Iterable[Finding]:
    found = findings_for(user).open().filter(check_name=check.name, host_id=host_id)
    return found.only("pk", "subject_name", "subject_kind").order_by("subject_name", "pk")[:LIVE_NAMES]


def _live_host(line: HostFaces, findings: list[Finding], count: int) -> LiveHost:
    seen = line.host.seen_at if line.is_unreachable else None
    return LiveHost(line.host, findings, count - len(findings), seen)


def _as_drawn(line: LiveHost) -> dict[str, Any]:
    named = [{"name": _name(line.host, each), "url": each.get_absolute_url()} for each in line.findings]
    rest = [{"name": f"+{line.more}", "url": line.host.get_absolute_url()}] if line.more else []
    return {
        "name": line.host.name,
        "url": line.host.get_absolute_url(),
        "subjects": named + rest,
        "seen": line.last_seen,
    }


def _name(host: Host, finding: Finding) -> str:
    """The Engine has no name of its own worth reading: its host's stands for it."""
    return host.name if finding.subject_kind == Engine.kind else finding.subject_name


def risks_of(check: Check) -> list[Risk]:
    return [RISKS[risk] for risk in check.risks if risk in RISKS]


def _tallies(now: Iterable[HostNow]) -> Iterable[tallies.Tally]:
    return (state.scan.tally for state in now if state.scan)


def _faces(state: HostNow, check: Check) -> Faces:
    return tallies.of_check(state.scan.tally, check) if state.scan else Faces()


def _total(lines: Iterable[HostFaces]) -> Faces:
    total = Faces()
    for line in lines:
        total = total.plus(line.faces)
    return total
