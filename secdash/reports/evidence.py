"""Evidence for the CIS benchmark: each item of an edition, how hosts stand on it, what shows it, who accepted what.

Statuses come from the last scan of each host up to the day, findings from how they stood at its end. Long lists are cut
here and whole in the file beside the report, so that a report stays one that people read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, F, OuterRef, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from secdash.accounts.models import User
from secdash.checks.benchmark import Item, items
from secdash.checks.outcome import Status
from secdash.facts.message import Message
from secdash.findings.access import attestations_for, findings_for
from secdash.findings.models import Acceptance, Attestation, Finding, FindingQuerySet, State, Transition
from secdash.fleet.models import Host, HostQuerySet
from secdash.posture.benchmark import Said, standing
from secdash.posture.benchmark_words import Statements
from secdash.posture.tallies import Faces, faces_of
from secdash.reports.asked import Asked
from secdash.scans.models import Scan

SUBJECTS = 12  # of one item that are named on paper


class Held(NamedTuple):
    """A finding as it stood, and the acceptance that held it then."""

    finding: Finding
    acceptance: Acceptance | None


class Shown(NamedTuple):
    """What one check of an item found: the first findings, and how many there are, open and accepted."""

    check: str
    findings: list[Held]
    open: int
    accepted: int

    @property
    def left(self) -> int:
        return self.open + self.accepted - len(self.findings)


class Line(NamedTuple):
    """An item, how many hosts stand how, and what shows it. `words` are of hosts where people attest the item."""

    item: Item
    hosts: Faces
    shown: list[Shown]
    words: list[tuple[Host, Said]]
    reason: Message | None

    @property
    def status(self) -> Status | None:
        """The worst of the hosts; None where none was scanned."""
        order = (Status.FAIL, Status.UNKNOWN, Status.PASS, Status.NOT_APPLICABLE)
        counts = dict(zip((Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE), self.hosts, strict=True))
        return next((status for status in order if counts[status]), None)


class Evidence(NamedTuple):
    """`unscanned` are hosts that had no scan by that day; `at` the end of the day, or now."""

    edition: str
    lines: list[Line]
    scanned: list[Host]
    unscanned: list[Host]
    at: datetime

    @property
    def faces(self) -> Faces:
        total = Faces()
        for line in self.lines:
            total = total.plus(line.hosts)
        return total


def evidence(user: User, asked: Asked, *, now: datetime) -> Evidence:
    """Seven queries, whatever the number of hosts."""
    at = min(end_of(asked.until), now)
    hosts = asked.scope.hosts(user)
    scans = scans_at(hosts, at)
    known = list(hosts.by_name())
    scanned = [(host, scans[host.pk]) for host in known if host.pk in scans]
    said = _statements(user, at)
    found = stood(findings_for(user).filter(host__in=hosts), at, now)
    shown = _shown(found, [check for item in items(asked.edition) for check in item.checks])
    return Evidence(
        edition=asked.edition,
        lines=[_line(item, scanned, said, shown, asked.until) for item in items(asked.edition)],
        scanned=[host for host, _ in scanned],
        unscanned=[host for host in known if host.pk not in scans],
        at=at,
    )


def end_of(day: date) -> datetime:
    """The first moment that is not of the day any more."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=timezone.get_default_timezone())


def scans_at(hosts: HostQuerySet, at: datetime) -> dict[int, Scan]:
    """The last finished scan of each host before that moment, by the host's id."""
    done = Scan.objects.filter(host=OuterRef("pk"), state=Scan.State.DONE, finished_at__lt=at)
    newest = hosts.order_by().annotate(newest=Subquery(done.newest_first().values("pk")[:1])).values("newest")
    return {scan.host_id: scan for scan in Scan.objects.filter(pk__in=newest).defer("timings", "statuses", "error")}


def stood(findings: FindingQuerySet, at: datetime, now: datetime) -> FindingQuerySet:
    """Those that were open or accepted at that moment, as `stood_in`, by the acceptance `held_by`.

    What stood at a moment that is over is said by each finding's last transition before it.
    """
    lived = (State.OPEN, State.ACCEPTED)
    if at >= now:
        return findings.filter(state__in=lived).annotate(stood_in=F("state"), held_by=F("acceptance"))
    last = Transition.objects.filter(finding=OuterRef("pk"), at__lt=at).order_by("-at", "-pk")
    then = {"stood_in": Subquery(last.values("now")[:1]), "held_by": Subquery(last.values("acceptance")[:1])}
    told: Any = findings.annotate(**then)
    standing: FindingQuerySet = told.filter(stood_in__in=lived)
    return standing


def _shown(found: FindingQuerySet, checks: Sequence[str]) -> dict[str, Shown]:
    """By check; one query for the counts, one for the first findings of each."""
    found = found.filter(check_name__in=checks)
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for check, state, number in _counted(found):
        counts[check][state] = number
    named: dict[str, list[Held]] = defaultdict(list)
    for held in with_acceptances(_first(found)):
        named[held.finding.check_name].append(held)
    return {
        check: Shown(check, named[check], states.get(State.OPEN, 0), states.get(State.ACCEPTED, 0))
        for check, states in counts.items()
    }


def _counted(found: FindingQuerySet) -> Iterable[tuple[str, str, int]]:
    told: Any = found.order_by()  # annotated by `stood`, which its type does not say
    rows: Iterable[tuple[str, str, int]] = told.values_list("check_name", "stood_in").annotate(Count("pk"))
    return rows


def _first(found: FindingQuerySet) -> FindingQuerySet:
    """The accepted ones first: somebody answers for each of them."""
    place = Window(RowNumber(), partition_by=[F("check_name")], order_by=[F("stood_in"), F("host__name"), F("pk")])
    return found.annotate(place=place).filter(place__lte=SUBJECTS).select_related("host").order_by("place")


def with_acceptances(found: Iterable[Finding]) -> list[Held]:
    """Findings of `stood` with what held them, in one more query."""
    rows = [(finding, getattr(finding, "held_by", None)) for finding in found]
    acceptances = Acceptance.objects.in_bulk({pk for _, pk in rows if pk})
    return [Held(finding, acceptances.get(pk) if finding_is_held(finding) else None) for finding, pk in rows]


def finding_is_held(finding: Finding) -> bool:
    return getattr(finding, "stood_in", "") == State.ACCEPTED


def _statements(user: User, at: datetime) -> dict[tuple[int, str], Attestation]:
    """The last word on each host and item by that moment: later rows are written over earlier ones."""
    rows = attestations_for(user).filter(at__lt=at).order_by("pk").select_related("by")
    return {(row.host_id, row.item): row for row in rows}


def _line(
    item: Item,
    scanned: Sequence[tuple[Host, Scan]],
    said: Statements,
    shown: Mapping[str, Shown],
    day: date,
) -> Line:
    words = [(host, standing(item, host, scan, said, day)) for host, scan in scanned]
    return Line(
        item=item,
        hosts=faces_of(word.status for _, word in words),
        shown=[shown[check] for check in item.checks if check in shown],
        words=list(_attested(words)) if item.manual else [],
        reason=item.reason,
    )


def _attested(words: Iterable[tuple[Host, Said]]) -> Iterator[tuple[Host, Said]]:
    return ((host, word) for host, word in words if word.attestation)
