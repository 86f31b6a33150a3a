"""What beat asks for every few seconds: due hosts, what lost its worker or message, what is over.

One step that fails must not keep the others from being done; only where the database is away there is nothing to do.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from secdash.findings import bulk
from secdash.findings.expiring import expire_due
from secdash.findings.rewriting import rewrite
from secdash.fleet.models import Host
from secdash.handing_over import lacks
from secdash.scans import asking_again, uploads
from secdash.scans.inventories import forget_unused
from secdash.scans.models import Scan, Tick
from secdash.scans.services import INTERRUPTED, MOST_ATTEMPTS, fail, queued, send
from secdash.scans.together import A_GROUP, queue_all
from secdash.web.unavailable import AWAY

log = logging.getLogger(__name__)

RESEND_AFTER = timedelta(seconds=30)
AT_ONCE = 500  # sent again by one tick, or claimed in one transaction
SLACK = timedelta(minutes=1)  # by which clocks of two machines may differ


def tick(*, at: datetime) -> None:
    for step in STEPS:
        try:
            step(at=at)
        except AWAY:
            raise
        except Exception:
            log.exception("a step of the tick failed: %s.%s", step.__module__, step.__qualname__)
    Tick.objects.update_or_create(pk=Tick.ONLY, defaults={"at": at})


def claim_due(*, at: datetime) -> int:
    """Request a scan for each host whose time has come, but for those somebody works on: theirs comes afterwards.

    Two ticks at once claim each host once; the number claimed.
    """
    due = list(Host.objects.due(at).outside_windows(at).order_by("pk").values_list("pk", flat=True))
    return sum(_claim(due[begin : begin + AT_ONCE], at) for begin in range(0, len(due), AT_ONCE))


@transaction.atomic
def _claim(due: list[int], at: datetime) -> int:
    """About as many statements for many as for one. A host whose row is just being written waits for the next tick."""
    hosts = list(Host.objects.select_for_update(skip_locked=True).due(at).filter(pk__in=due).order_by("pk"))
    for host in hosts:
        host.scan_due_at = host.next_due(at)
    rewrite(hosts, ("scan_due_at",))
    queue_all(hosts, trigger=Scan.Trigger.SCHEDULE, at=at)
    return len(hosts)


def retake(*, at: datetime) -> None:
    """Queue again what a worker left behind, or give up after MOST_ATTEMPTS."""
    for scan in Scan.objects.abandoned(at).select_related("host"):
        if scan.attempts >= MOST_ATTEMPTS:
            fail(scan, INTERRUPTED, at=at)
        elif Scan.objects.filter(pk=scan.pk, state=Scan.State.RUNNING, attempts=scan.attempts).update(
            state=Scan.State.QUEUED, stage=Scan.Stage.QUEUED, lease_until=None
        ):
            send(scan.pk)


def pull_in(*, at: datetime) -> int:
    """Bring back hosts that are due later than their interval allows; how many. So it is after the clock was put back.

    They keep their places within the interval: not all of them are due at the same moment.
    """
    latest = Host.objects.order_by().values_list("interval").annotate(latest=Max("scan_due_at"))
    moved: list[Host] = []
    for minutes, due in latest:
        interval = timedelta(minutes=minutes)
        if due is not None and due > at + interval + SLACK:
            far = Host.objects.filter(interval=minutes, scan_due_at__gt=at + interval + SLACK)
            moved += [_pulled_in(host, at) for host in far]
    Host.objects.bulk_update(moved, ["scan_due_at"], batch_size=500)
    return len(moved)


def _pulled_in(host: Host, at: datetime) -> Host:
    if host.scan_due_at is not None:
        host.scan_due_at = at + (host.scan_due_at - at) % timedelta(minutes=host.interval)
    return host


def resend(*, at: datetime) -> None:
    """Send queued scans again where the queue has lost some. One that only waits its turn is not sent twice.

    A message may bring several (`together`), so that some lost among many are missed only once the others are done.
    """
    fresh = Q(created_at__gt=at - RESEND_AFTER, created_at__lte=at + RESEND_AFTER)
    left = Scan.objects.filter(~fresh, state=Scan.State.QUEUED).order_by("created_at")
    if lacks(settings.CELERY_TASK_DEFAULT_QUEUE, ceil(left.count() / A_GROUP)):
        for pk in list(left.values_list("pk", flat=True)[:AT_ONCE]):
            send(pk)


def take_uploads(*, at: datetime) -> None:
    for host in uploads.left(at):
        queued(host, trigger=Scan.Trigger.UPLOAD, at=at)
    uploads.lose_sight_of_overdue(at)


STEPS = (
    pull_in,
    claim_due,
    retake,
    take_uploads,
    bulk.take_up,
    asking_again.tick,
    expire_due,
    forget_unused,
    resend,
)
