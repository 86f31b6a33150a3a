"""One finding: what was seen, what it opens, the fix written for its subject, what fixing would earn, its history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils import timezone

from secdash.accounts.models import User
from secdash.checks import CATALOGUE
from secdash.checks.engine import Check, Verdict
from secdash.checks.outcome import Severity, Status
from secdash.checks.risks import RISKS, Risk
from secdash.facts.model import KINDS, Container, Engine, Network, Subject, Unknown, listing
from secdash.findings.access import findings_for
from secdash.findings.models import Finding, State
from secdash.findings.score import Judged, Score, score
from secdash.posture import tallies
from secdash.posture.due import Due, due_of
from secdash.posture.finding_timeline import Timeline, timeline
from secdash.posture.latest import looks_at, newest_scan
from secdash.posture.mending import Mending, mending
from secdash.posture.open_counts import open_by_check
from secdash.posture.receipts import Told
from secdash.posture.replay import Replay, replay
from secdash.scans.models import Scan

SETTLED = ("fixed", "gone", "elsewhere")


class Gain(NamedTuple):
    """The host's score now, and with this finding fixed."""

    before: Score
    after: Score


class Detail(NamedTuple):
    """`entry` is None where this version no longer has the check, `subject` where the subject is gone.

    `members` are the containers on the network that the finding is about. `again` is the newest *Check again* where it
    came after the newest scan: then its answer counts, and what the scan saw is of yesterday.
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
    history: Timeline
    again: Told | None
    due: Due | None
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
    def asking(self) -> Told | None:
        """The *Check again* that is under way."""
        newest = self.history.newest_receipt
        return newest if newest and not newest.outcome else None

    @property
    def shown_again(self) -> Told | None:
        """The newest *Check again* while it is under way, failed, or says more than the newest scan."""
        newest = self.history.newest_receipt
        failed_last = newest is not None and newest.outcome == "failed" and not _is_older(newest, self.scan)
        return newest if self.asking or failed_last else self.again

    @property
    def is_settled(self) -> bool:
        """Nothing is left to fix, though the newest scan saw something."""
        return self.again is not None and self.again.outcome in SETTLED

    @property
    def seen_at(self) -> datetime | None:
        """When what stands here as evidence was read."""
        if self.again and self.again.outcome == "fails":
            return self.again.receipt.finished_at
        return self.scan.finished_at if self.scan else None

    @property
    def is_gone(self) -> bool:
        """The newest scan saw everything, and the subject was not there."""
        return self.scan is not None and self.subject is None


def detail(user: User, finding: Finding, mark: str, people: Iterable[User] = (), *, whole: bool) -> Detail:
    """`mark` is that of `keeping`; `people` can be mentioned.

    `whole`: the fix of all that fails of the container, instead of this one's alone.
    """
    scan, under_way = looks_at(finding.host)
    seen = replay(scan)
    subject = _subject(seen, finding) if seen else None
    entry = CATALOGUE.get(finding.check_name)
    verdict = _verdict(seen, finding) if seen else None
    beside = _beside(user, finding)
    stands = finding.state == State.OPEN
    history = timeline(finding, user, people)
    again = _newer_than(scan, history.newest_receipt)
    settled = again is not None and again.outcome in SETTLED
    return Detail(
        finding=finding,
        entry=entry,
        scan=scan,
        under_way=under_way,
        subject=subject,
        verdict=verdict,
        risks=[RISKS[risk] for risk in entry.risks if risk in RISKS] if entry else [],
        mending=mending(entry, subject, seen, whole=whole) if entry and subject and seen and not settled else None,
        gain=_gain(seen, finding, verdict, tallies.attested(scan.tally), beside.accepted)
        if scan and seen and verdict and not settled
        else None,
        history=history,
        again=again,
        due=due_of(finding, timezone.now().date()),
        elsewhere=max(0, open_by_check(user, mark).get(finding.check_name, 0) - stands),
        also=sorted(beside.siblings.items(), reverse=True),
        members=_members(subject, seen) if isinstance(subject, Network) and seen else [],
    )


def _newer_than(scan: Scan | None, newest: Told | None) -> Told | None:
    """The answer, where it is one and the scan did not come after it."""
    if newest is None or newest.outcome in ("", "failed") or _is_older(newest, scan):
        return None
    return newest


def _is_older(told: Told, scan: Scan | None) -> bool:
    finished = told.receipt.finished_at
    return bool(scan and scan.finished_at and finished and scan.finished_at > finished)


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
    """Severities of what is accepted on the host, and how often each is open on the same subject."""

    accepted: list[Severity]
    siblings: Counter[Severity]


def _beside(user: User, finding: Finding) -> Beside:
    """One query, which counts."""
    here = findings_for(user).filter(host=finding.host_id).order_by()
    subject = Q(subject_kind=finding.subject_kind, subject_key=finding.subject_key)
    sibling = subject & ~Q(pk=finding.pk) & Q(state=State.OPEN)
    found = here.filter(Q(state=State.ACCEPTED) | sibling)
    counts = list(found.values_list("state", "severity").annotate(number=Count("*")))
    return Beside(
        accepted=[Severity(rank) for state, rank, n in counts if state == State.ACCEPTED for _ in range(n)],
        siblings=Counter({Severity(rank): n for state, rank, n in counts if state == State.OPEN}),
    )
