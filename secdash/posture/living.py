"""The guide's live blocks: how the reader's hosts fare by the checks that an article explains.

All blocks of an article are one answer, and cost the same number of queries however many there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, F, Q, Window
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
from secdash.posture import latest, tallies
from secdash.posture.explaining import command_for
from secdash.posture.latest import HostNow
from secdash.posture.tallies import Faces

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


def live(user: User, checks: Collection[Check], language: str) -> list[Live]:
    """In the order given. Seven queries, fewer where nothing fails."""
    names = [check.name for check in checks]
    now = [state for state in latest.hosts_now(hosts_for(user)) if state.scan]
    faces = tallies.by_check((state.scan.tally for state in now if state.scan), names)
    opened = _open(findings_for(user).open().filter(check_name__in=names), {state.host.pk for state in now})
    worst = {name: sorted(counts, key=lambda pk: (-counts[pk], pk))[:HOSTS] for name, counts in opened.items()}
    lines = _lines(_first(findings_for(user).open(), worst), worst, opened, {state.host.pk: state for state in now})
    commands = reading.blocks_to_see(names, language) if lines else {}
    at = max((state.scan.finished_at for state in now if state.scan and state.scan.finished_at), default=None)
    return [
        Live(
            check=check,
            faces=faces.get(check.name, Faces()),
            hosts=lines.get(check.name, []),
            open=sum(opened.get(check.name, {}).values()),
            at=at,
            scanned=len(now),
            command=_command(lines.get(check.name, []), commands.get(check.name, [])),
        )
        for check in checks
    ]


def _open(findings: FindingQuerySet, hosts: Collection[int]) -> dict[str, dict[int, int]]:
    """Check → host → how many."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for check, host, count in findings.order_by().values_list("check_name", "host").annotate(Count("pk")):
        if host in hosts:
            found[check][host] = count
    return found


def _first(findings: FindingQuerySet, worst: Mapping[str, list[int]]) -> Iterable[Finding]:
    """The first few of each check on its worst hosts."""
    wanted = Q()
    for check, hosts in worst.items():
        wanted |= Q(check_name=check, host__in=hosts)
    place = Window(RowNumber(), partition_by=[F("check_name"), F("host")], order_by=[F("subject_name"), F("pk")])
    found = findings.filter(wanted).only("host", "check_name", "subject_name", "subject_kind").annotate(place=place)
    return found.filter(place__lte=NAMES).order_by("place") if wanted else ()


def _lines(
    found: Iterable[Finding],
    worst: Mapping[str, list[int]],
    opened: Mapping[str, Mapping[int, int]],
    now: Mapping[int, HostNow],
) -> dict[str, list[LiveHost]]:
    named: dict[tuple[str, int], list[Finding]] = defaultdict(list)
    for finding in found:
        finding.host = now[finding.host_id].host
        named[finding.check_name, finding.host_id].append(finding)
    return {
        check: [_line(now[pk], named[check, pk], opened[check][pk]) for pk in hosts] for check, hosts in worst.items()
    }


def _line(state: HostNow, findings: list[Finding], count: int) -> LiveHost:
    return LiveHost(state.host, findings, count, state.host.seen_at if state.is_unreachable else None)


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
