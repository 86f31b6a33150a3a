"""One look at a host: request → claim → collect → judge → record; whatever goes wrong ends in `fail` with a sentence.

The database is the truth and the queue only a hint: a scan is claimed by a conditional UPDATE and held by a lease that
progress renews; `attempts` is the fencing token, so that a worker that was thought dead cannot record any more.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from secdash.accounts.models import User
from secdash.audit.recording import record as record_act
from secdash.checks import CATALOGUE, releases
from secdash.checks.engine import judge
from secdash.facts.connect import Unreachable
from secdash.facts.message import Message, say
from secdash.facts.model import Snapshot
from secdash.facts.parse import parse
from secdash.findings import bulk
from secdash.findings.expiring import expire_due
from secdash.findings.words import message_as_json
from secdash.fleet.models import Host
from secdash.scans import asking_again, uploads
from secdash.scans.collecting import answers_of
from secdash.scans.inventories import forget_unused, with_image_files
from secdash.scans.models import Scan, Tick
from secdash.scans.progress import LEASE, Progress
from secdash.scans.recording import Judged, record
from secdash.scans.release_tables import in_force
from secdash.web.log_context import about

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
RESEND_AFTER = timedelta(seconds=30)
INTERRUPTED = say(
    "The scan was interrupted %(times)s times: its worker stopped before it could finish. See the worker’s log.",
    times=MOST_ATTEMPTS,
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

    try:
        run_scan.delay(scan_id)
    except OperationalError:
        log.warning("scan %s stays queued: the queue does not answer", scan_id)


def claim(scan_id: int, *, at: datetime) -> Scan | None:
    """Take a queued scan; None where another worker was faster, or the scan is over or gone."""
    claimed = Scan.objects.filter(pk=scan_id, state=Scan.State.QUEUED).update(
        state=Scan.State.RUNNING,
        stage=Scan.Stage.CONNECTING,
        progress_done=0,
        progress_total=0,
        attempts=F("attempts") + 1,
        started_at=at,
        lease_until=at + LEASE,
    )
    return Scan.objects.select_related("host__connection").get(pk=scan_id) if claimed else None


def run(scan_id: int) -> None:
    """Carry out a scan from claim to record. Does nothing for a scan that is not queued any more."""
    scan = claim(scan_id, at=timezone.now())
    if scan is not None:
        with about(scan=scan.pk, host=scan.host_id):
            _carry_out(scan)


def _carry_out(scan: Scan) -> None:
    progress = Progress(scan)
    try:
        facts, uploaded_at = _seen(scan.host, progress)
    except Unreachable as error:
        lose_sight(scan, error.message, at=timezone.now())
        return
    progress.enter(Scan.Stage.JUDGING, done=len(CATALOGUE), total=len(CATALOGUE))
    with releases.using(in_force()):
        judged = Judged(facts, list(judge(facts)))
        progress.finish()
        with transaction.atomic():
            if record(scan, judged, timings=progress.timings, at=timezone.now()) and uploaded_at:
                uploads.settle(scan.host, collected_at=uploaded_at)


def _seen(host: Host, progress: Progress) -> tuple[Snapshot, datetime | None]:
    """The facts of a look at the host; of one that nobody reaches, those that were uploaded and when they were seen."""
    if host.is_offline:
        return uploads.waiting(host)
    answers = answers_of(host, progress=progress.report, deadline=settings.SCAN_SECONDS)
    return with_image_files(host, parse(answers), progress=progress.report), None


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


def tick(*, at: datetime) -> None:
    """What beat asks for every few seconds: due hosts, what lost worker or message, acceptances whose last day is over,
    inventories of no use.
    """
    claim_due(at=at)
    retake(at=at)
    for host in uploads.left(at):
        queued(host, trigger=Scan.Trigger.UPLOAD, at=at)
    uploads.lose_sight_of_overdue(at)
    bulk.take_up(at=at)
    asking_again.tick(at=at)
    expire_due(at=at)
    forget_unused(at=at)
    for pk in Scan.objects.filter(state=Scan.State.QUEUED, created_at__lt=at - RESEND_AFTER).values_list(
        "pk", flat=True
    ):
        send(pk)
    Tick.objects.update_or_create(pk=Tick.ONLY, defaults={"at": at})


def claim_due(*, at: datetime) -> int:
    """Request a scan for each host whose time has come, but for those somebody works on: theirs comes afterwards.

    Two ticks at once claim each host once; the number claimed.
    """
    claimed = 0
    for host in Host.objects.due(at).outside_windows(at):
        due = Host.objects.filter(pk=host.pk, scan_due_at=host.scan_due_at)
        if due.update(scan_due_at=host.next_due(at)):
            request(host, trigger=Scan.Trigger.SCHEDULE, at=at)
            claimed += 1
    return claimed


def retake(*, at: datetime) -> None:
    """Queue again what a worker left behind, or give up after MOST_ATTEMPTS."""
    for scan in Scan.objects.abandoned(at).select_related("host"):
        if scan.attempts >= MOST_ATTEMPTS:
            fail(scan, INTERRUPTED, at=at)
        elif Scan.objects.filter(pk=scan.pk, state=Scan.State.RUNNING, attempts=scan.attempts).update(
            state=Scan.State.QUEUED, stage=Scan.Stage.QUEUED, lease_until=None
        ):
            send(scan.pk)
