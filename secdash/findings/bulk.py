"""One act on many findings: request → claim → step after step → done; and, where somebody wants it back, undone.

As with scans the database is the truth and the queue only a hint: an act is claimed by a conditional UPDATE and held by
a lease that each chunk renews; `attempts` and the state fence off a worker that was thought dead. A chunk's steps, the
findings that they change and the count stand in one transaction, so that an act that is taken up again goes on where it
stopped and does nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from secdash.accounts.models import User
from secdash.audit.recording import record
from secdash.facts.message import Message, say
from secdash.findings.bulk_acts import CannotAct
from secdash.findings.bulk_kinds import ACTS
from secdash.findings.bulk_steps import taken_back, to_take, to_take_back, write_steps, write_taken
from secdash.findings.chunking import FINDINGS_A_CHUNK, chunks
from secdash.findings.models import BulkAct, BulkStep, FindingQuerySet
from secdash.findings.signals import bulk_finished
from secdash.findings.words import message_as_json
from secdash.fleet.access import hosts_where
from secdash.handing_over import hand_over

AT_ONCE = 50  # so few are done while the reader waits
CHUNK = FINDINGS_A_CHUNK
LEASE = timedelta(seconds=90)
MOST_ATTEMPTS = 3
RESEND_AFTER = timedelta(seconds=30)
INTERRUPTED = say(
    "This was interrupted %(times)s times: its worker stopped before it could finish. See the worker’s log.",
    times=MOST_ATTEMPTS,
)
State = BulkAct.State


def request(kind: str, arguments: Mapping[str, Any], findings: FindingQuerySet, *, by: User, at: datetime) -> BulkAct:
    """The act on these findings: done when this returns where they are few, else handed to a worker on commit.

    What is on hosts where this person may not do it is left out. Raises PermissionDenied for somebody who may do it
    nowhere, KeyError for a kind that is not known.
    """
    ACTS[kind].allow(by)
    with transaction.atomic():
        act = BulkAct.objects.create(kind=kind, arguments=dict(arguments), by=by, at=at)
        act.total = write_steps(act, theirs(kind, findings, by))
        act.save(update_fields=["total"])
        after = {"kind": kind, "findings": act.total, **arguments}
        record("findings.changed", by=by, on=act, after=after, at=at)
    return _begin(act)


def theirs(kind: str, findings: FindingQuerySet, by: User) -> FindingQuerySet:
    """Those of the findings that are on hosts where this person may do it."""
    if by.sees_all and by.can(ACTS[kind].needs):
        return findings
    return findings.filter(host__in=hosts_where(by, ACTS[kind].needs))


def undo(act: BulkAct, *, at: datetime) -> bool:
    """Begin to take the act back; False where there is nothing to take back, or somebody was faster."""
    ACTS[act.kind].allow(act.by)
    asked = BulkAct.objects.filter(pk=act.pk, state__in=(State.DONE, State.FAILED)).update(
        state=State.UNDOING, attempts=0, done=0, lease_until=None, finished_at=None, error={}
    )
    if asked:
        record("findings.undone", by=act.by, on=act, before={"kind": act.kind, "findings": act.total}, at=at)
        _begin(act)
    return bool(asked)


def kept(act: BulkAct) -> int:
    """How many findings an undone act left as they were, because somebody changed them since."""
    return BulkStep.objects.filter(act=act, left__isnull=False).count() if act.state == State.UNDONE else 0


def _begin(act: BulkAct) -> BulkAct:
    if act.total <= AT_ONCE:
        run(act.pk)
    else:
        transaction.on_commit(partial(send, act.pk))
    act.refresh_from_db()
    return act


def send(act_id: int) -> None:
    """Hand the act to a worker. Where the queue is down it stays as it is, and a later tick sends it again."""
    from secdash.findings.tasks import run_bulk_act

    hand_over(run_bulk_act, act_id, what="bulk act")


def claim(act_id: int, *, at: datetime) -> BulkAct | None:
    """Take a waiting act; None where another worker was faster, or the act is over or gone."""
    held = {"attempts": F("attempts") + 1, "lease_until": at + LEASE}
    waiting = BulkAct.objects.filter(pk=act_id)
    claimed = waiting.filter(state=State.QUEUED).update(state=State.RUNNING, **held)
    claimed = claimed or waiting.filter(state=State.UNDOING, lease_until=None).update(done=0, **held)
    return BulkAct.objects.select_related("by").get(pk=act_id) if claimed else None


def run(act_id: int) -> None:
    """Carry out an act, or its undoing, from claim to end. Does nothing for an act that does not wait any more."""
    act = claim(act_id, at=timezone.now())
    if act is None:
        return
    take, rows = (_take_back, to_take_back(act)) if act.state == State.UNDOING else (_take, to_take(act))
    try:
        for chunk in chunks(rows, most=CHUNK):
            if not take(act, sorted(finding for _, finding in chunk), at=timezone.now()):
                return
    except CannotAct as error:
        _end(act, State.FAILED, at=timezone.now(), error=error.message)
        return
    _end(act, State.UNDONE if act.state == State.UNDOING else State.DONE, at=timezone.now())


@transaction.atomic
def _take(act: BulkAct, findings: list[int], *, at: datetime) -> bool:
    """A chunk, in the order in which everybody locks findings; False where the act was taken from this worker."""
    if not _renew(act, len(findings), at=at):
        return False
    kind = ACTS[act.kind]
    if allowed := kind.allowed(act.by, findings):  # asked now, however long the act waited
        write_taken(act, kind.take(act, allowed, at))
    return True


@transaction.atomic
def _take_back(act: BulkAct, findings: list[int], *, at: datetime) -> bool:
    if not _renew(act, len(findings), at=at):
        return False
    kind = ACTS[act.kind]
    steps = BulkStep.objects.filter(act=act, finding__in=kind.allowed(act.by, findings)).order_by("finding")
    taken_back(act, kind.undo(act, list(steps), at))
    return True


def _held(act: BulkAct) -> Any:
    return BulkAct.objects.filter(pk=act.pk, state=act.state, attempts=act.attempts)


def _renew(act: BulkAct, done: int, *, at: datetime) -> bool:
    """Keep the lease and count on. False where the act was taken from this worker, which must then stop."""
    return bool(_held(act).update(done=F("done") + done, lease_until=at + LEASE))


def _end(act: BulkAct, state: str, *, at: datetime, error: Message | None = None) -> None:
    ended = _held(act).update(state=state, finished_at=at, lease_until=None, error=message_as_json(error))
    if ended and act.total > AT_ONCE:  # who waited for a few has seen what became of them
        act.refresh_from_db()
        bulk_finished.send(sender=BulkAct, act=act, at=at)


def take_up(*, at: datetime) -> None:
    """What beat asks for: queue again what a worker left behind, or give up; send again what nobody took."""
    for act in BulkAct.objects.abandoned(at):
        if act.attempts >= MOST_ATTEMPTS:
            _end(act, State.FAILED, at=at, error=INTERRUPTED)
        else:
            _held(act).update(state=State.UNDOING if act.state == State.UNDOING else State.QUEUED, lease_until=None)
            send(act.pk)
    for pk in BulkAct.objects.waiting().filter(at__lt=at - RESEND_AFTER).values_list("pk", flat=True):
        send(pk)
