"""A report that is written, on its way to its owner: claimed, posted once, and taken up again where a worker was lost.

It goes through the queue of messages, whose workers may reach a mail server and no Engine.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from secdash.findings.words import message_as_json
from secdash.handing_over import hand_over
from secdash.leases import run_out
from secdash.messaging.outcome import NotSent
from secdash.reports import posting
from secdash.reports.models import Paper, PaperQuerySet

LEASE = timedelta(minutes=2)  # longer than the time limit of the task
GIVE_UP_AFTER = timedelta(hours=12)


def send(paper_id: int) -> None:
    """Hand it to a worker. Where the queue is down a later tick sends it again."""
    from secdash.reports.tasks import mail_paper

    hand_over(mail_paper, paper_id, what="mail of report")


def mail(paper_id: int, *, at: datetime) -> None:
    """Post it, unless it was posted or another worker is at it. What could not be sent is there to be fetched."""
    if not _waiting(at).filter(pk=paper_id).update(lease_until=at + LEASE):
        return
    paper = Paper.objects.select_related("owner").get(pk=paper_id)
    try:
        posting.post(paper, bytes(paper.content))
    except NotSent as error:
        outcome: dict[str, Any] = {"error": message_as_json(error.message)}
    else:
        outcome = {"mailed_at": at}
    Paper.objects.filter(pk=paper_id).update(lease_until=None, **outcome)


def take_up(*, at: datetime) -> None:
    for pk in _waiting(at).filter(finished_at__lt=at - LEASE).values_list("pk", flat=True):
        send(pk)


def _waiting(at: datetime) -> PaperQuerySet:
    """Done, for a schedule, neither posted nor failed, and in nobody's hands."""
    free = Q(lease_until=None) | run_out(at)
    written = Paper.objects.filter(
        free, state=Paper.State.DONE, schedule__isnull=False, finished_at__gt=at - GIVE_UP_AFTER
    )
    return written.filter(mailed_at=None, error={})
