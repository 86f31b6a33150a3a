"""One look at a host: request → claim → collect → judge → record; whatever goes wrong ends in `fail` with a sentence.

The database is the truth and the queue only a hint: a scan is claimed by a conditional UPDATE and held by a lease that
progress renews; `attempts` is the fencing token, so that a worker that was thought dead cannot record any more.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from secdash.accounts.models import User
from secdash.audit.recording import record as record_act
from secdash.checks import CATALOGUE, releases
from secdash.facts.answers import Answers
from secdash.facts.connect import Unreachable
from secdash.facts.made import Made
from secdash.facts.message import Message, say
from secdash.facts.model import Snapshot
from secdash.facts.parse import parse
from secdash.findings.words import message_as_json
from secdash.fleet.models import Host
from secdash.handing_over import hand_over
from secdash.scans import unchanged, uploads
from secdash.scans.collecting import answers_of
from secdash.scans.inventories import with_image_files
from secdash.scans.judging import Last, Lasts, judged
from secdash.scans.models import Scan
from secdash.scans.progress import LEASE, Progress
from secdash.scans.recording import Seen, record, record_all
from secdash.scans.release_tables import in_force
from secdash.scans.unchanged import Mark
from secdash.web.log_context import about
from secdash.web.unavailable import AWAY

log = logging.getLogger(__name__)

MADE = Made()  # of this process
MOST_ATTEMPTS = 3
INTERRUPTED = say(
    "The scan was interrupted %(times)s times: its worker stopped before it could finish. See the worker’s log.",
    times=MOST_ATTEMPTS,
)
STUMBLED = say(
    "secdash stumbled over what this host answered (%(error)s), so nothing of it was kept. This is a fault of secdash: "
    "please report it, with what the worker’s log says."
)


def request(host: Host, *, trigger: str, at: datetime, by: User | None = None) -> Scan:
    """The host's active scan: a new one, queued, or the one that is already under way."""
    scan = queued(host, trigger=trigger, at=at, by=by)
    if by is not None:
        record_act("scan.requested", by=by, on=host, after={"scan": scan.pk}, at=at)
    return scan


def request_all(hosts: Iterable[Host], *, at: datetime, by: User) -> int:
    """A scan for each of these hosts; how many hosts. One entry in the log of changes."""
    scans = [queued(host, trigger=Scan.Trigger.MANUAL, at=at, by=by) for host in hosts if not host.is_offline]
    record_act("scan.all_requested", by=by, after={"hosts": len(scans)}, at=at)
    return len(scans)


def queued(host: Host, *, trigger: str, at: datetime, by: User | None = None) -> Scan:
    """As `request`, without an entry in the log of changes."""
    try:
        with transaction.atomic():
            scan = Scan.objects.create(host=host, trigger=trigger, requested_by=by, created_at=at)
    except IntegrityError:
        return Scan.objects.active().get(host=host)
    transaction.on_commit(partial(send, scan.pk))
    return scan


def send(scan_id: int) -> None:
    """Hand the scan to a worker. Where the queue is down the scan stays queued, and a later tick sends it again."""
    from secdash.scans.tasks import run_scan

    hand_over(run_scan, scan_id, what="scan")


def claim(scan_id: int, *, at: datetime) -> Scan | None:
    """Take a queued scan; None where another worker was faster, or the scan is over or gone."""
    queued = Scan.objects.filter(pk=scan_id, state=Scan.State.QUEUED)
    claimed = queued.update(attempts=F("attempts") + 1, **as_claimed(at))
    return Scan.objects.select_related("host__connection").get(pk=scan_id) if claimed else None


def as_claimed(at: datetime) -> dict[str, Any]:
    """What a claim writes, besides one attempt more."""
    return {
        "state": Scan.State.RUNNING,
        "stage": Scan.Stage.CONNECTING,
        "progress_done": 0,
        "progress_total": 0,
        "started_at": at,
        "lease_until": at + LEASE,
    }


def run(scan_id: int) -> None:
    """Carry out a scan from claim to record. Does nothing for a scan that is not queued any more."""
    scan = claim(scan_id, at=timezone.now())
    if scan is not None:
        with about(scan=scan.pk, host=scan.host_id), ended_in_words(scan), releases.using(in_force()):
            _look(scan, Progress(scan))


@contextmanager
def ended_in_words(scan: Scan) -> Iterator[None]:
    """What goes wrong within the block ends the scan, unless the database is away."""
    try:
        yield
    except Unreachable as error:
        lose_sight(scan, error.message, at=timezone.now())
    except AWAY:
        raise  # nothing can be written now either: the lease runs out, and the scan is taken up again
    except Exception as error:  # what a host answered would make the next worker stumble as well
        log.exception("scan %s cannot be done", scan.pk)
        fail(scan, say(STUMBLED.text, error=type(error).__name__), at=timezone.now())


def _look(scan: Scan, progress: Progress) -> None:
    """Raises Unreachable."""
    if scan.host.is_offline:
        _take_upload(scan, progress)
    else:
        _read(scan, progress)


def _read(scan: Scan, progress: Progress) -> None:
    """Ask the Engine; what it answers is judged unless the last scan was answered the same."""
    answers = answers_of(scan.host, progress=progress.report, deadline=settings.SCAN_SECONDS)
    mark = unchanged.mark_of(scan.host, answers)
    progress.finish()
    same = unchanged.Same(scan, mark.words, progress.timings)
    if not mark.words or not unchanged.record([same], at=timezone.now()):
        lasts = Lasts([scan.host_id], at=timezone.now())
        record_all([judge(scan, answers, mark, progress, lasts)], at=timezone.now())


def judge(scan: Scan, answers: Answers, mark: Mark, progress: Progress, lasts: Lasts) -> Seen:
    """What is made of the answers."""
    if mark.seen is None:
        facts = with_image_files(scan.host, parse(answers), progress=progress.report)
        return _judged(scan, facts, progress)
    last = lasts.of(scan.host_id, mark.words)
    facts = MADE.parse(answers, mark.seen, last.facts if last else None)
    return _judged(scan, facts, progress, mark.words, last)


def _take_upload(scan: Scan, progress: Progress) -> None:
    """What was uploaded of a host that nobody reaches; where the lease was lost it goes on waiting."""
    facts, collected_at = uploads.waiting(scan.host)
    seen = _judged(scan, facts, progress)
    with transaction.atomic():
        if record(scan, seen.judged, timings=seen.timings, at=timezone.now()):
            uploads.settle(scan.host, collected_at=collected_at)


def _judged(scan: Scan, facts: Snapshot, progress: Progress, mark: str = "", last: Last | None = None) -> Seen:
    progress.enter(Scan.Stage.JUDGING, done=len(CATALOGUE), total=len(CATALOGUE))
    found, may_be_built_on = judged(facts, last)
    scan.sight = mark if may_be_built_on else ""
    progress.finish()
    return Seen(scan, found, progress.timings)


@transaction.atomic
def lose_sight(scan: Scan, why: Message, *, at: datetime) -> None:
    """End the scan of a host that could not be read, and mark the host so."""
    if fail(scan, why, at=at) and not scan.host.is_offline:
        Host.objects.filter(pk=scan.host_id).update(state=Host.State.UNREACHABLE)


def fail(scan: Scan, why: Message, *, at: datetime) -> bool:
    """End a scan that could not be done; the host's findings stay as they were. False where the lease was lost."""
    ended = Scan.objects.filter(pk=scan.pk, state=Scan.State.RUNNING, attempts=scan.attempts).update(
        state=Scan.State.FAILED, finished_at=at, lease_until=None, error=message_as_json(why)
    )
    return bool(ended)
