"""One finding: what was seen, what it opens, the fix written for its subject, what fixing would earn, its history."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import NamedTuple

from django.db.models import Q

from secdash.accounts.models import User
from secdash.checks import CATALOGUE
from secdash.checks.engine import Check, Verdict
from secdash.checks.outcome import Severity, Status
from secdash.checks.risks import RISKS, Risk
from secdash.facts.model import KINDS, Container, Engine, Network, Subject, Unknown, listing
from secdash.findings.access import findings_for
from secdash.findings.models import Finding, State, Transition
from secdash.findings.score import Judged, Score, score
from secdash.posture import tallies
from secdash.posture.latest import looks_at, newest_scan
from secdash.posture.mending import Mending, mending
from secdash.posture.replay import Replay, replay
from secdash.scans.models import Scan


class Gain(NamedTuple):
    """The host's score now, and with this finding fixed."""

    before: Score
    after: Score


class Step(NamedTuple):
    """A transition; `lasted` is how long the finding had been open when it closed, in seconds."""

    transition: Transition
    lasted: float | None

    @property
    def days(self) -> int:
        return int((self.lasted or 0) // 86400)


class Detail(NamedTuple):
    """`entry` is None where this version no longer has the check, `subject` where the subject is gone.

    `members` are the containers on the network that the finding is about.
    """

    finding: Finding
    entry: Check | None
    scan: Scan | None
    under_way: Scan | None
    subject: Subject | None
    verdict: Verdict | None
    risks: list[Risk]
    mending: Mending | None
    gain: Gain | None
    steps: list[Step]
    elsewhere: int
    also: list[tuple[Severity, int]]
    members: list[Container]

    @property
    def is_container(self) -> bool:
        return self.finding.subject_kind == Container.kind

    @property
    def is_engine(self) -> bool:
        return self.finding.subject_kind == Engine.kind

    @property
    def is_gone(self) -> bool:
        """The newest scan saw everything, and the subject was not there."""
        return self.scan is not None and self.subject is None


def detail(user: User, finding: Finding, *, whole: bool) -> Detail:
    """`whole`: the fix of all that fails of the container, instead of this finding's alone."""
    scan, under_way = looks_at(finding.host)
    seen = replay(scan)
    subject = _subject(seen, finding) if seen else None
    entry = CATALOGUE.get(finding.check_name)
    verdict = _verdict(seen, finding) if seen else None
    beside = _beside(user, finding)
    return Detail(
        finding=finding,
        entry=entry,
        scan=scan,
        under_way=under_way,
        subject=subject,
        verdict=verdict,
        risks=[RISKS[risk] for risk in entry.risks if risk in RISKS] if entry else [],
        mending=mending(entry, subject, seen, whole=whole) if entry and subject and seen else None,
        gain=_gain(seen, finding, verdict, tallies.attested(scan.tally), beside.accepted)
        if scan and seen and verdict
        else None,
        steps=_steps(finding),
        elsewhere=_elsewhere(user, finding),
        also=sorted(Counter(beside.siblings).items(), reverse=True),
        members=_members(subject, seen) if isinstance(subject, Network) and seen else [],
    )


def mended(finding: Finding) -> Mending | None:
    """The fix of this finding alone; None where there is none to write, or nothing left to write it for."""
    seen = replay(newest_scan(finding.host))
    subject = _subject(seen, finding) if seen else None
    entry = CATALOGUE.get(finding.check_name)
    verdict = _verdict(seen, finding) if seen else None
    failing = verdict is not None and verdict.status is Status.FAIL
    return mending(entry, subject, seen, whole=False) if entry and subject and seen and failing else None


def _subject(seen: Replay, finding: Finding) -> Subject | None:
    if finding.subject_kind not in KINDS:
        return None
    listed = listing(seen.facts, finding.subject_kind)
    subjects = () if isinstance(listed, Unknown) else listed
    return next((subject for subject in subjects if subject.key == finding.subject_key), None)


def _members(network: Network, seen: Replay) -> list[Container]:
    """Those that run: a stopped container is on no network."""
    ids = () if isinstance(network.containers, Unknown) else network.containers
    return sorted((each for each in seen.containers() if each.id in ids), key=lambda each: each.name)


def _verdict(seen: Replay, finding: Finding) -> Verdict | None:
    about = seen.about(finding.subject_kind, finding.subject_key)
    return next((verdict for verdict in about if verdict.check == finding.check_name), None)


def _gain(
    seen: Replay, finding: Finding, verdict: Verdict, attested: list[Judged], accepted: list[Severity]
) -> Gain | None:
    """None where fixing changes nothing: the finding does not fail any more, or is accepted."""
    if verdict.status is not Status.FAIL or finding.state != State.OPEN:
        return None
    now = [(v.severity, v.status) for v in seen.verdicts]
    then = [(v.severity, Status.PASS if v is verdict else v.status) for v in seen.verdicts]
    return Gain(score(now + attested, accepted), score(then + attested, accepted))


class Beside(NamedTuple):
    """Severities of what is accepted on the host, and of what else is open on the same subject."""

    accepted: list[Severity]
    siblings: list[Severity]


def _beside(user: User, finding: Finding) -> Beside:
    """One query."""
    same = Q(state=State.OPEN, subject_kind=finding.subject_kind, subject_key=finding.subject_key)
    found = findings_for(user).on(finding.host).filter(Q(state=State.ACCEPTED) | (same & ~Q(pk=finding.pk)))
    rows = [(state, Severity(rank)) for state, rank in found.values_list("state", "severity")]
    return Beside(
        accepted=[severity for state, severity in rows if state == State.ACCEPTED],
        siblings=[severity for state, severity in rows if state == State.OPEN],
    )


def _steps(finding: Finding) -> list[Step]:
    """Newest first."""
    rows = list(finding.transitions.select_related("by", "scan").order_by("at", "pk"))
    steps = [Step(row, None) for row in rows[:1]]
    steps += [Step(row, _lasted(before, row)) for before, row in pairwise(rows)]
    return steps[::-1]


def _lasted(before: Transition, row: Transition) -> float | None:
    closes = before.now == State.OPEN and row.now == State.RESOLVED
    return (row.at - before.at).total_seconds() if closes else None


def _elsewhere(user: User, finding: Finding) -> int:
    """How many other subjects have the same finding open."""
    return findings_for(user).open().filter(check_name=finding.check_name).exclude(pk=finding.pk).count()
