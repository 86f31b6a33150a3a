"""A PDF from asked for to done: ask → claim → write → keep, and mail where a schedule asked.

As with scans the database is the truth and the queue a hint: a paper is claimed by a conditional UPDATE and held by a
lease, `attempts` fences off a worker that was thought dead, and the tick takes up what was left.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, Q
from django.http import QueryDict
from django.utils import timezone, translation

from secdash.accounts.models import User
from secdash.facts.message import Message, say
from secdash.findings.words import message_as_json
from secdash.handing_over import hand_over
from secdash.reports import mailing, making, paper
from secdash.reports.asked import Asked
from secdash.reports.models import Paper, Schedule

LEASE = timedelta(minutes=6)  # longer than the time limit of the task
MOST_ATTEMPTS = 2
RESEND_AFTER = timedelta(seconds=60)
KEPT = timedelta(days=30)
NO_PANGO = say("This server cannot make PDF, since Pango is not installed on it. Print the page instead.")
INTERRUPTED = say("The report was interrupted: its worker stopped before it was written. Choose fewer hosts.")
LEFT = say("Its owner has no account any more.")
State = Paper.State


def ask(owner: User, kind: str, query: str, *, language: str, at: datetime, schedule: Schedule | None = None) -> Paper:
    """Have a worker write it. The same report that is under way already is not written twice."""
    same = Paper.objects.filter(owner=owner, kind=kind, query=query, state__in=(State.QUEUED, State.RUNNING))
    found = None if schedule else same.without_content().first()
    if found:
        return found
    made = Paper.objects.create(
        owner=owner, kind=kind, query=query, language=language, created_at=at, schedule=schedule
    )
    transaction.on_commit(partial(send, made.pk))
    return made


def send(paper_id: int) -> None:
    """Hand it to a worker. Where the queue is down it stays queued, and a later tick sends it again."""
    from secdash.reports.tasks import write_paper

    hand_over(write_paper, paper_id, what="report")


def claim(paper_id: int, *, at: datetime) -> Paper | None:
    """Take what waits; None where another worker was faster."""
    claimed = Paper.objects.filter(pk=paper_id, state=State.QUEUED).update(
        state=State.RUNNING, attempts=F("attempts") + 1, lease_until=at + LEASE
    )
    return Paper.objects.select_related("owner", "schedule").get(pk=paper_id) if claimed else None


def write(paper_id: int) -> None:
    """Make it, from claim to outcome. Does nothing for one that does not wait any more."""
    taken = claim(paper_id, at=timezone.now())
    if taken is None:
        return
    if not taken.owner.is_active:
        fail(taken, LEFT, at=timezone.now())
        return
    try:
        content = _written(taken)
    except paper.NoPaper:
        fail(taken, NO_PANGO, at=timezone.now())
        return
    if _keep(taken, content, at=timezone.now()) and taken.schedule:
        mailing.send(taken.pk)


def _written(taken: Paper) -> bytes:
    """In the owner's language, of what the owner may see now."""
    asked = Asked.of(QueryDict(taken.query), today=timezone.localdate(taken.created_at))
    with translation.override(taken.language):
        context = making.context(taken.owner, asked, taken.kind, now=timezone.now())
        return paper.as_pdf(making.TEMPLATES[taken.kind], context)


def _held(taken: Paper) -> Q:
    return Q(pk=taken.pk, state=State.RUNNING, attempts=taken.attempts)


def _keep(taken: Paper, content: bytes, *, at: datetime) -> bool:
    """False where the lease was lost."""
    done = {"state": State.DONE, "finished_at": at, "lease_until": None, "content": content, "size": len(content)}
    return bool(Paper.objects.filter(_held(taken)).update(**done))


def fail(taken: Paper, why: Message, *, at: datetime) -> None:
    Paper.objects.filter(_held(taken)).update(
        state=State.FAILED, finished_at=at, lease_until=None, error=message_as_json(why)
    )


def take_up(*, at: datetime) -> None:
    """What beat asks for: queue again what a worker left, give up after MOST_ATTEMPTS, send again, forget the old."""
    for left in Paper.objects.abandoned(at).without_content():
        if left.attempts >= MOST_ATTEMPTS:
            fail(left, INTERRUPTED, at=at)
        elif Paper.objects.filter(_held(left)).update(state=State.QUEUED, lease_until=None):
            send(left.pk)
    mailing.take_up(at=at)
    waiting = Paper.objects.filter(state=State.QUEUED, created_at__lt=at - RESEND_AFTER)
    for pk in waiting.values_list("pk", flat=True):
        send(pk)
    Paper.objects.filter(created_at__lt=at - KEPT).delete()
