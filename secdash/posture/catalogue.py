"""The catalogue of checks beside what it says of the reader's hosts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import get_language

from knowledge.reading import FALLBACK, guide_urls
from secdash.accounts.models import User
from secdash.checks import CATALOGUE
from secdash.checks.engine import Check
from secdash.checks.risks import RISKS, Risk
from secdash.findings.access import findings_for
from secdash.findings.models import Finding
from secdash.fleet.access import hosts_for
from secdash.fleet.models import Host
from secdash.posture import kept, latest, tallies
from secdash.posture.latest import HostNow
from secdash.posture.open_counts import open_by_check
from secdash.posture.tallies import Faces
from secdash.posture.threats import places

NEWEST = 20


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


def entries(user: User, mark: str) -> list[Entry]:
    """Worst severity first, then by number of failures. `mark` is that of `keeping`."""
    faces = kept.faces_of(places.scans_of(places.seen_hosts(hosts_for(user))))
    opened = open_by_check(user, mark)
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


def risks_of(check: Check) -> list[Risk]:
    return [RISKS[risk] for risk in check.risks if risk in RISKS]


def _faces(state: HostNow, check: Check) -> Faces:
    return tallies.of_check(state.scan.tally, check) if state.scan else Faces()


def _total(lines: Iterable[HostFaces]) -> Faces:
    total = Faces()
    for line in lines:
        total = total.plus(line.faces)
    return total
