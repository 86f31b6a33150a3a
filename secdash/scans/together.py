"""Many hosts that are due at once, several in one task: what they share is done once.

One message brings the scans of a group, one transaction claims them, one closes those whose hosts are as they were, and
one records those that changed. Each host is read and judged by itself. A group is for what is quick: a host that keeps
it waiting is scanned in a task of its own, with all the time that a scan has, and so is what comes after it.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from secdash.checks import releases
from secdash.facts.answers import Answers
from secdash.facts.connect import Unreachable
from secdash.fleet.models import Host
from secdash.handing_over import hand_over
from secdash.scans import services, unchanged
from secdash.scans.collecting import answers_of
from secdash.scans.judging import Lasts
from secdash.scans.models import Scan
from secdash.scans.progress import Progress
from secdash.scans.recording import Seen, record_all
from secdash.scans.release_tables import in_force
from secdash.scans.unchanged import Same
from secdash.web.log_context import about
from secdash.web.unavailable import AWAY

log = logging.getLogger(__name__)

A_GROUP = 8
READING = (Scan.Stage.CONNECTING, Scan.Stage.READING)
MANY = 32  # scans: fewer are done sooner by all workers at once
QUICK = 1000  # milliseconds that reading took the last time
A_READING = 2.0  # seconds a host may take to be read within a group
IN_TIME = 0.9 * A_READING  # what took longer may lack what would have come a moment later
MOST_VERDICTS = 20_000  # that wait in memory to be recorded
A_WHILE = 5.0  # seconds: a group that lasts longer is broken up, far within the lease of what waits in it


class Claimed(NamedTuple):
    """`expected` is the mark of the host's last scan."""

    scan: Scan
    expected: str


class Read(NamedTuple):
    """Scans that are to be closed as the last ones were, and those that are to be recorded."""

    same: list[Same]
    changed: list[Seen]


def queue_all(hosts: Iterable[Host], *, trigger: str, at: datetime) -> None:
    """As `services.queued`, for many hosts in one statement and one that asks for the ids of those that had none under
    way.
    """
    new = [Scan(host=host, trigger=trigger, created_at=at) for host in hosts]
    Scan.objects.bulk_create(new, ignore_conflicts=True)
    made = Scan.objects.filter(host__in=[scan.host_id for scan in new], state=Scan.State.QUEUED, created_at=at)
    scans = dict(made.order_by("pk").values_list("pk", "host_id"))
    quick = _quick(scans.values()) if len(scans) >= MANY else set()
    for pk in (pk for pk, host in scans.items() if host not in quick):
        transaction.on_commit(partial(services.send, pk))
    grouped = [pk for pk, host in scans.items() if host in quick]
    for begin in range(0, len(grouped), A_GROUP):
        transaction.on_commit(partial(_send, grouped[begin : begin + A_GROUP]))


def run(scan_ids: Sequence[int]) -> None:
    """Carry out these scans, or hand them on. Does nothing for those that are not queued any more."""
    ends = time.monotonic() + A_WHILE
    left, read = deque(_claimed(scan_ids, at=timezone.now())), Read([], [])
    lasts = Lasts([each.scan.host_id for each in left], at=timezone.now())
    with releases.using(in_force()):
        while left and time.monotonic() < ends and _is_read(left[0], read, lasts):
            left.popleft()
            if sum(len(seen.judged.verdicts) for seen in read.changed) > MOST_VERDICTS:
                _record(read.changed)
                read.changed.clear()
        closed = unchanged.record(read.same, at=timezone.now())
        _record(read.changed)
    hand_on([*(each.scan for each in read.same if each not in closed), *(each.scan for each in left)])


def _record(changed: Sequence[Seen]) -> None:
    """All at once; where that fails, each by itself, so that what is wrong with one is said of that one."""
    if not changed:
        return
    try:
        record_all(changed, at=timezone.now())
    except AWAY:
        raise
    except Exception:
        log.exception("scans %s cannot be recorded at once", [seen.scan.pk for seen in changed])
        for seen in changed:
            with services.ended_in_words(seen.scan):
                record_all([seen], at=timezone.now())


def hand_on(scans: Iterable[Scan]) -> None:
    """Each to a task of its own, as if it had not been claimed: only this process knows of the attempt, and forgets."""
    for scan in scans:
        held = Scan.objects.filter(pk=scan.pk, state=Scan.State.RUNNING, attempts=scan.attempts)
        if held.update(state=Scan.State.QUEUED, stage=Scan.Stage.QUEUED, lease_until=None, attempts=F("attempts") - 1):
            services.send(scan.pk)


def _claimed(scan_ids: Sequence[int], *, at: datetime) -> list[Claimed]:
    """As `services.claim`, for all of them at once; what another worker is just claiming is left to it."""
    asked = Scan.objects.filter(pk__in=scan_ids, state=Scan.State.QUEUED)
    last = Scan.objects.filter(host=OuterRef("host"), state=Scan.State.DONE).newest_first().values("sight")
    with transaction.atomic():
        held = asked.select_for_update(skip_locked=True, of=("self",)).select_related("host__connection")
        scans = list(held.annotate(expected=Coalesce(Subquery(last[:1]), Value(""))).order_by("pk"))
        claimed = [scan for scan in scans if _is_plain(scan.host)]
        asked.filter(pk__in=[scan.pk for scan in claimed]).update(attempts=F("attempts") + 1, **services.as_claimed(at))
    for scan in scans:
        if not _is_plain(scan.host):
            services.send(scan.pk)
    return [Claimed(_noted(scan, at), scan.expected) for scan in claimed]  # type: ignore[attr-defined]  # annotated


def _noted(scan: Scan, at: datetime) -> Scan:
    """As the row is now."""
    scan.attempts += 1
    for name, value in services.as_claimed(at).items():
        setattr(scan, name, value)
    return scan


def _is_read(claimed: Claimed, read: Read, lasts: Lasts) -> bool:
    """False where it takes more time than a group has. What cannot be read or judged at all is over."""
    scan = claimed.scan
    with about(scan=scan.pk, host=scan.host_id), services.ended_in_words(scan):
        progress = Progress(scan)
        answers = _answers(scan, progress)
        if answers is None:
            return False
        mark = unchanged.mark_of(scan.host, answers)
        progress.finish()
        if mark.words and mark.words == claimed.expected:
            read.same.append(Same(scan, mark.words, progress.timings))
        else:
            read.changed.append(services.judge(scan, answers, mark, progress, lasts))
    return True


def _answers(scan: Scan, progress: Progress) -> Answers | None:
    """None where the time was over: then more of it may bring more. Raises Unreachable for whatever else goes wrong."""
    began = time.monotonic()
    try:
        answers = answers_of(scan.host, progress=progress.report, deadline=A_READING)
    except Unreachable:
        if time.monotonic() - began < IN_TIME:
            raise
        return None
    return answers if time.monotonic() - began < IN_TIME else None


def _send(scan_ids: Sequence[int]) -> None:
    from secdash.scans.tasks import run_scans

    hand_over(run_scans, scan_ids, what="scans")


def _quick(hosts: Iterable[int]) -> set[int]:
    """Those whose last scan succeeded without delay."""
    over = Scan.objects.filter(host=OuterRef("pk"), state__in=(Scan.State.DONE, Scan.State.FAILED))
    last = over.exclude(trigger=Scan.Trigger.LIVE).newest_first().values("pk")[:1]
    newest = Host.objects.filter(pk__in=list(hosts)).order_by().annotate(last=Subquery(last)).values("last")
    done = Scan.objects.filter(pk__in=newest, state=Scan.State.DONE).order_by().values_list("host_id", "timings")
    return {host for host, timings in done if sum(timings.get(stage, 0) for stage in READING) <= QUICK}


def _is_plain(host: Host) -> bool:
    """Whether nothing is read of it that takes long."""
    plain = host.image_reading == Host.Images.NONE and host.file_reading in (Host.Files.NONE, Host.Files.LOCAL)
    return plain and not host.is_offline
