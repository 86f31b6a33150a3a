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
from secdash.posture import keeping, kept
from secdash.posture.open_counts import open_by_check
from secdash.posture.tallies import Faces
from secdash.posture.threats import places
from secdash.posture.threats.places import Seen

NEWEST, HOSTS = 20, 25


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
    host: Seen
    faces: Faces


class CheckPage(NamedTuple):
    """`more` hosts have subjects of the check, and none of them fails more of them than those of `hosts`."""

    entry: Entry
    hosts: list[HostFaces]
    more: int
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


def check_page(user: User, check: Check, mark: str) -> CheckPage:
    """`mark` is that of `keeping`."""
    seen = places.seen_hosts(hosts_for(user))
    faces = kept.faces_by_scan(places.scans_of(seen), check.name)
    lines = [HostFaces(host, faces[host.scan]) for host in seen if host.scan in faces]
    lines.sort(key=lambda line: (-line.faces.failed, -line.faces.unknown, line.host.name))
    return CheckPage(
        entry=Entry(check, _total(lines), open_by_check(user, mark).get(check.name, 0)),
        hosts=lines[:HOSTS],
        more=len(lines[HOSTS:]),
        newest=_newest(user, check, mark),
    )


def _newest(user: User, check: Check, mark: str) -> list[Finding]:
    """Which these are is kept: of a large fleet they are picked from tens of thousands."""
    found = findings_for(user).open().filter(check_name=check.name).order_by("-opened_at", "pk")
    chosen = keeping.kept(f"newest:{check.name}", mark, lambda: list(found.values_list("pk", flat=True)[:NEWEST]))
    return list(found.filter(pk__in=chosen).select_related("host"))


def risks_of(check: Check) -> list[Risk]:
    return [RISKS[risk] for risk in check.risks if risk in RISKS]


def _total(lines: Iterable[HostFaces]) -> Faces:
    total = Faces()
    for line in lines:
        total = total.plus(line.faces)
    return total
