"""What awaits one person: their findings, decisions that are theirs to take, words addressed to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Case, CharField, Count, F, Model, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from secdash.accounts.models import User
from secdash.findings.access import findings_for
from secdash.findings.models import Acceptance, Comment, Finding
from secdash.posture import keeping
from secdash.posture.context import Rooms

ENDING = timedelta(days=14)
UNSEEN_FOR = timedelta(days=14)  # words to somebody who was never here before
SHOWN = 3
DECIDE, END = "decide", "end"


class Awaiting(NamedTuple):
    """Each list holds the most urgent few of its total. `proposals`: to the guide, which await a review."""

    findings: Sequence[Finding] = ()
    findings_total: int = 0
    overdue: int = 0
    to_decide: Sequence[Acceptance] = ()
    to_decide_total: int = 0
    ending: Sequence[Acceptance] = ()
    ending_total: int = 0
    mentions: Sequence[Comment] = ()
    mentions_total: int = 0
    proposals: int = 0

    @property
    def is_nothing(self) -> bool:
        totals = (self.findings_total, self.to_decide_total, self.ending_total, self.mentions_total, self.proposals)
        return not any(totals)


def awaiting(user: User, rooms: Rooms, *, now: datetime) -> Awaiting:
    """Three queries, two of them kept until a finding moves, or an acceptance is to be decided; each brings its total
    along.
    """
    findings, acceptances = _kept(user, rooms, now.date())
    mentions = list(_mentions(user, now)[:SHOWN])
    to_decide = [each for each in acceptances if _annotated(each, "kind") == DECIDE]
    ending = [each for each in acceptances if _annotated(each, "kind") == END]
    return Awaiting(
        findings=findings,
        findings_total=_total(findings),
        overdue=_annotated(findings[0], "late") if findings else 0,
        to_decide=to_decide,
        to_decide_total=_total(to_decide),
        ending=ending,
        ending_total=_total(ending),
        mentions=mentions,
        mentions_total=_total(mentions),
        proposals=rooms.proposals,
    )


def _kept(user: User, rooms: Rooms, today: date) -> tuple[list[Finding], list[Acceptance]]:
    """The most urgent of what is assigned, and of what is to be decided or ends soon."""
    return keeping.kept(
        f"awaiting:{user.pk}:{today}",
        f"{rooms.mark}:{rooms.acceptances}",
        lambda: (list(_assigned(user, today)[:SHOWN]), list(_acceptances(user, today))),
    )


def _total(rows: Sequence[Model]) -> int:
    return int(_annotated(rows[0], "total")) if rows else 0


def _annotated(row: Model, name: str) -> Any:
    """What the query put beside the columns."""
    return getattr(row, name)


def _assigned(user: User, today: date) -> QuerySet[Finding]:
    """Open and mine, overdue first, then by the day that is due, then by weight."""
    late = Count("pk", filter=Q(due_on__lt=today))
    mine = findings_for(user).open().filter(assignee=user).annotate(total=Window(Count("pk")), late=Window(late))
    urgent_first = mine.order_by(F("due_on").asc(nulls_last=True), "-severity", "pk")
    return urgent_first.select_related("host").defer("evidence", "reason")


def _acceptances(user: User, today: date) -> QuerySet[Acceptance]:
    """The first few to decide on, and of those in force that end soon, the soonest first; `kind` says which."""
    to_decide = Q(pk__in=Acceptance.objects.awaiting(user).values("pk"))
    ending = Q(state=Acceptance.State.IN_FORCE, until__gte=today, until__lte=today + ENDING)
    kind = Case(When(ending, then=Value(END)), default=Value(DECIDE), output_field=CharField())
    found = Acceptance.objects.visible_to(user).filter(to_decide | ending).annotate(kind=kind)
    soonest = [F("until").asc(nulls_last=True), F("pk").asc()]
    ranked = found.annotate(
        total=Window(Count("pk"), partition_by=[F("kind")]),
        rank=Window(RowNumber(), partition_by=[F("kind")], order_by=soonest),
    )
    return ranked.filter(rank__lte=SHOWN).select_related("host", "group", "finding").order_by("kind", "rank")


def _mentions(user: User, now: datetime) -> QuerySet[Comment]:
    """What others said to me since my last visit, the newest first."""
    since = user.last_visit_at or now - UNSEEN_FOR
    found = Comment.objects.filter(mentions=user, at__gt=since, removed_at=None, finding__in=findings_for(user))
    counted = found.exclude(by=user).annotate(total=Window(Count("pk")))
    return counted.select_related("finding__host").order_by("-at", "-pk")
