"""The guide's live blocks: how the reader's hosts fare by the checks that an article explains.

All blocks of an article are one answer, and cost the same number of queries however many there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, F, Max, Q, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.safestring import SafeString

from knowledge import reading
from knowledge.live import Piece, described
from secdash.accounts.models import User
from secdash.checks.engine import Check
from secdash.facts.model import Engine
from secdash.findings.access import findings_for
from secdash.findings.models import Finding, FindingQuerySet
from secdash.fleet.access import hosts_for
from secdash.fleet.models import Host
from secdash.posture import keeping, kept
from secdash.posture.explaining import command_for
from secdash.posture.tallies import Faces
from secdash.posture.threats import places
from secdash.scans.models import Scan

HOSTS = 4
NAMES = 6


class LiveHost(NamedTuple):
    host: Host
    findings: list[Finding]
    open: int
    last_seen: datetime | None  # where the host no longer answers


class Live(NamedTuple):
    """`hosts` are the worst; `open` counts open findings on all; `at` is when the newest of the scans ended."""

    check: Check
    faces: Faces
    hosts: list[LiveHost]
    open: int
    at: datetime | None
    scanned: int
    command: SafeString

    @property
    def first(self) -> Finding | None:
        """The subject that the command and the fix are written for."""
        return next((finding for line in self.hosts for finding in line.findings), None)

    @property
    def first_name(self) -> str:
        return _name(self.first) if self.first else ""

    @property
    def more(self) -> int:
        """Open findings that are not named in the block."""
        return self.open - sum(len(line.findings) for line in self.hosts)

    @property
    def shown(self) -> list[dict[str, Any]]:
        """Hosts as the live block of the look takes them."""
        return [_as_drawn(line, self.check) for line in self.hosts]

    @property
    def findings_url(self) -> str:
        return _findings_url(check=self.check.name, expand=self.check.name)

    @property
    def described(self) -> Piece:
        return described(self.check)


class Opened(NamedTuple):
    """Open findings of one check: `number` on all hosts, and how many on each of the `worst`, the worst first."""

    number: int = 0
    worst: Mapping[int, int] = MappingProxyType({})


def live(user: User, checks: Collection[Check], language: str, mark: str) -> list[Live]:
    """In the order given. Seven queries, fewer where nothing fails; `mark` is that of `keeping`."""
    names = [check.name for check in checks]
    scans = places.scans_of(places.seen_hosts(hosts_for(user)))
    faces = kept.faces_of(scans)
    opened = _kept_open(findings_for(user).open(), names, mark)
    lines = _lines(user, opened)
    commands = reading.blocks_to_see(names, language) if lines else {}
    at = Scan.objects.filter(pk__in=[pk for pk, _seen in scans]).aggregate(at=Max("finished_at"))["at"]
    return [
        Live(
            check=check,
            faces=faces.get(check.name, Faces()),
            hosts=lines.get(check.name, []),
            open=opened.get(check.name, Opened()).number,
            at=at,
            scanned=len(scans),
            command=_command(lines.get(check.name, []), commands.get(check.name, [])),
        )
        for check in checks
    ]


def _kept_open(findings: FindingQuerySet, names: Collection[str], mark: str) -> Mapping[str, Opened]:
    """Kept for all who read the same article: a check of containers fails tens of thousands of times."""
    key = blake2b(",".join(sorted(names)).encode(), digest_size=12).hexdigest()
    return keeping.kept(f"live:{key}", mark, lambda: _open(findings.filter(check_name__in=names)))


def _open(findings: FindingQuerySet) -> dict[str, Opened]:
    """By check. Rows are counted, not their ids: then an index alone answers."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for check, host, count in findings.order_by().values_list("check_name", "host").annotate(number=Count("*")):
        found[check][host] = count
    return {check: Opened(sum(counts.values()), _worst(counts)) for check, counts in found.items()}


def _worst(counts: Mapping[int, int]) -> dict[int, int]:
    return {host: counts[host] for host in sorted(counts, key=lambda pk: (-counts[pk], pk))[:HOSTS]}


def _first(findings: FindingQuerySet, worst: Mapping[str, Iterable[int]]) -> Iterable[Finding]:
    """The first few of each check on its worst hosts."""
    wanted = Q()
    for check, hosts in worst.items():
        wanted |= Q(check_name=check, host__in=hosts)
    place = Window(RowNumber(), partition_by=[F("check_name"), F("host")], order_by=[F("subject_name"), F("pk")])
    found = findings.filter(wanted).only("host", "check_name", "subject_name", "subject_kind").annotate(place=place)
    return found.filter(place__lte=NAMES).order_by("place") if wanted else ()


def _lines(user: User, opened: Mapping[str, Opened]) -> dict[str, list[LiveHost]]:
    """The worst hosts of each check with their first findings; two queries."""
    hosts = hosts_for(user).in_bulk({pk for each in opened.values() for pk in each.worst})
    worst = {check: [pk for pk in each.worst if pk in hosts] for check, each in opened.items()}
    named: dict[tuple[str, int], list[Finding]] = defaultdict(list)
    for finding in _first(findings_for(user).open(), worst):
        finding.host = hosts[finding.host_id]
        named[finding.check_name, finding.host_id].append(finding)
    return {
        check: [_line(hosts[pk], named[check, pk], opened[check].worst[pk]) for pk in pks]
        for check, pks in worst.items()
    }


def _line(host: Host, findings: list[Finding], count: int) -> LiveHost:
    return LiveHost(host, findings, count, host.seen_at if host.state == Host.State.UNREACHABLE else None)


def _command(lines: list[LiveHost], blocks: list[str]) -> SafeString:
    first = next((finding for line in lines for finding in line.findings), None)
    return command_for(first, blocks) if first else SafeString()


def _as_drawn(line: LiveHost, check: Check) -> dict[str, Any]:
    named = [{"name": _name(each), "url": each.get_absolute_url()} for each in line.findings]
    more = line.open - len(line.findings)
    rest = [{"name": f"+{more}", "url": _findings_url(check=check.name, host=line.host.slug, expand=check.name)}]
    return {
        "name": line.host.name,
        "url": line.host.get_absolute_url(),
        "subjects": named + (rest if more else []),
        "seen": line.last_seen,
    }


def _name(finding: Finding) -> str:
    """The Engine has no name of its own worth reading: its host's stands for it."""
    return finding.host.name if finding.subject_kind == Engine.kind else finding.subject_name


def _findings_url(**filters: str) -> str:
    return f"{reverse('findings')}?{urlencode(filters)}"
