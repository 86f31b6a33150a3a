"""*Check again*: request → claim → look again → judge → record, for one finding, with a receipt of what was answered.

Fenced and leased like a scan. `started_at` is both: the time at which the worker last gave a sign of life, and the
token without which nobody can record. The queue is a hint; the tick sends again what was lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import orjson
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from knowledge.reading import revisions_explaining
from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.audit.recording import record as record_act
from secdash.checks import CATALOGUE, releases
from secdash.checks.outcome import Status
from secdash.facts.connect import Unreachable
from secdash.facts.message import Message, say
from secdash.findings.models import Finding, Receipt, State, Why
from secdash.findings.services import bring_one_in_line, storable
from secdash.findings.words import message_as_json
from secdash.fleet.access import need
from secdash.fleet.models import Host
from secdash.handing_over import hand_over
from secdash.leases import run_out
from secdash.scans.models import Scan
from secdash.scans.narrowing import Again, Asked, look_again
from secdash.scans.release_tables import in_force
from secdash.scans.weighing import weigh_answer

LEASE = timedelta(seconds=90)
RESEND_AFTER = timedelta(seconds=30)
GIVE_UP_AFTER = timedelta(minutes=10)
ACTIVE = (Receipt.State.QUEUED, Receipt.State.RUNNING)
INTERRUPTED = say("The worker stopped before it had an answer, so nothing was changed. Ask again.")
NO_SUCH_CHECK = say("This version of secdash does not have the check any more, so nothing can be asked.")


class NotAskable(Exception):
    """The check of the finding left the catalogue."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def request(finding: Finding, *, by: User, at: datetime) -> Receipt:
    """A receipt to be filled, or the one of this finding that is already under way.

    Raises NotAskable, and PermissionDenied for somebody who may not scan its host.
    """
    need(by, Act.SCAN, finding.host)
    if finding.check_name not in CATALOGUE:
        raise NotAskable(NO_SUCH_CHECK)
    article, revisions = revisions_explaining(finding.check_name)
    try:
        with transaction.atomic():
            receipt = Receipt.objects.create(
                finding=finding,
                by=by,
                by_name=by.display_name,
                at=at,
                before=_before(finding),
                article=article,
                revisions=revisions,
                scan=Scan.objects.filter(host=finding.host_id, state=Scan.State.DONE).newest_first().first(),
            )
            record_act("finding.checked_again", by=by, on=finding, after={"receipt": receipt.pk}, at=at)
    except IntegrityError:
        return Receipt.objects.get(finding=finding, state__in=ACTIVE)
    transaction.on_commit(partial(send, receipt.pk))
    return receipt


def _before(finding: Finding) -> dict[str, Any]:
    return {
        "state": finding.state,
        "severity": finding.severity,
        "reason": finding.reason,
        "evidence": finding.evidence,
    }


def send(receipt_id: int) -> None:
    """Hand it to a worker. Where the queue is down it stays queued, and a later tick sends it again."""
    from secdash.scans.tasks import ask_again

    hand_over(ask_again, receipt_id, what="receipt")


def claim(receipt_id: int, *, at: datetime) -> Receipt | None:
    """None where another worker was faster, or it is over or gone."""
    queued = Receipt.objects.filter(pk=receipt_id, state=Receipt.State.QUEUED)
    if not queued.update(state=Receipt.State.RUNNING, started_at=at):
        return None
    return Receipt.objects.select_related("finding__host__connection", "by").get(pk=receipt_id)


def run(receipt_id: int) -> None:
    """Carry it out from claim to record. Does nothing for what is not queued any more."""
    receipt = claim(receipt_id, at=timezone.now())
    if receipt is None:
        return
    finding, began = receipt.finding, timezone.now()
    about = Asked(CATALOGUE[finding.check_name], finding.subject_kind, finding.subject_key)
    with releases.using(in_force()):
        try:
            again = look_again(
                finding.host, about, whole_seconds=settings.SCAN_SECONDS, beat=lambda: give_sign(receipt)
            )
        except Unreachable as error:
            fail(receipt, error.message, at=timezone.now())
            return
    record(receipt, again, began=began, at=timezone.now())


def give_sign(receipt: Receipt) -> None:
    """Renew the lease, at most once a second."""
    now = timezone.now()
    if receipt.started_at and now - receipt.started_at > timedelta(seconds=1) and _held(receipt).update(started_at=now):
        receipt.started_at = now


def _held(receipt: Receipt) -> Any:
    return Receipt.objects.filter(pk=receipt.pk, state=Receipt.State.RUNNING, started_at=receipt.started_at)


@transaction.atomic
def record(receipt: Receipt, again: Again, *, began: datetime, at: datetime) -> bool:
    """Bring the finding in line and fill the receipt. False where the lease was lost.

    False too where a scan changed the finding since this look `began`: what was seen may be older, and is asked anew.
    """
    if not _held(receipt).select_for_update().exists():
        return False
    Host.objects.select_for_update().get(pk=receipt.finding.host_id)  # as a scan does, so that one waits for the other
    finding = Finding.objects.select_for_update().get(pk=receipt.finding_id)
    if finding.changed_at > began:
        _queue_again(receipt)
        return False
    was = _counted(finding)
    bring_one_in_line(finding, again.facts, again.verdict, by=receipt.by, at=at)
    finding.refresh_from_db()
    if again.outcome.status is not Status.UNKNOWN:
        now = again.verdict.status if again.verdict else None
        weigh_answer(finding.host, finding.check_name, was=was, now=now, at=at)
    _held(receipt).update(state=Receipt.State.DONE, finished_at=at, after=_after(again, finding))
    return True


def _counted(finding: Finding) -> Status | None:
    """What the newest scan counted of it, as its state tells; None where its subject was not there."""
    if finding.state != State.RESOLVED:
        return Status.FAIL
    last = finding.transitions.last()
    return Status.PASS if last and last.why == Why.FIXED else None


def _after(again: Again, finding: Finding) -> Mapping[str, Any]:
    outcome = again.outcome
    return {
        "status": str(outcome.status),
        "state": finding.state,
        "reason": message_as_json(outcome.reason),
        "evidence": storable(orjson.loads(orjson.dumps([list(pair) for pair in outcome.evidence]))),
        "asked": list(again.asked),
    }


def fail(receipt: Receipt, why: Message, *, at: datetime) -> bool:
    """End it without an answer; the finding stays as it was. False where the lease was lost."""
    return bool(_held(receipt).update(state=Receipt.State.FAILED, finished_at=at, error=message_as_json(why)))


def _queue_again(receipt: Receipt) -> None:
    if _held(receipt).update(state=Receipt.State.QUEUED, started_at=None):
        transaction.on_commit(partial(send, receipt.pk))


def tick(*, at: datetime) -> None:
    """Take up what lost its worker, or give it up with a sentence; send again what lost its message."""
    left = run_out(at - LEASE, "started_at")  # an hour ahead after the clock was put back
    for receipt in Receipt.objects.filter(left, state=Receipt.State.RUNNING):
        if receipt.at < at - GIVE_UP_AFTER:
            fail(receipt, INTERRUPTED, at=at)
        else:
            _queue_again(receipt)
    for pk in Receipt.objects.filter(state=Receipt.State.QUEUED, at__lt=at - RESEND_AFTER).values_list("pk", flat=True):
        send(pk)
