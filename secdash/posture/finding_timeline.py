"""A finding's history in one line of time: changes of its state, who was to see to it until when, what people said,
and what was asked again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

from secdash.accounts.models import User
from secdash.findings.models import Comment, Finding, FindingEvent, Receipt, State, Transition
from secdash.findings.remarks import Refused, as_html, names_in
from secdash.findings.talking import is_own
from secdash.posture.receipts import Told, told

MOST = 100  # of each kind; older ones are counted, not shown


class Step(NamedTuple):
    """A transition; `lasted` is how long the finding had been open when it closed, in seconds."""

    transition: Transition
    lasted: float | None

    @property
    def days(self) -> int:
        return int((self.lasted or 0) // 86400)


class Said(NamedTuple):
    """A comment; `own` where the reader may change it, `names` those of members, which are marked as mentions."""

    comment: Comment
    own: bool
    names: frozenset[str]

    @property
    def html(self) -> SafeString:
        """ "" for what this version renders no more; its words are shown as they were typed then."""
        try:
            return mark_safe(as_html(self.comment.body, self.names))  # noqa: S308 - sanitised there
        except Refused:
            return SafeString()


class Event(NamedTuple):
    """One of the four."""

    at: datetime
    step: Step | None = None
    said: Said | None = None
    told: Told | None = None
    given: FindingEvent | None = None


class Timeline(NamedTuple):
    """Newest first; `is_cut` where there is more than is shown."""

    events: list[Event]
    is_cut: bool
    newest_receipt: Told | None


def timeline(finding: Finding, reader: User, people: Iterable[User]) -> Timeline:
    """Four queries, whatever happened. `people` are the members, who can be mentioned."""
    steps, receipts = _steps(finding), _receipts(finding)
    given = list(finding.events.newest_first()[: MOST + 1])
    comments = _comments(finding, reader, frozenset(person.username for person in people))
    events = [
        *(Event(step.transition.at, step=step) for step in steps[:MOST]),
        *(Event(said.comment.at, said=said) for said in comments[:MOST]),
        *(Event(each.receipt.at, told=each) for each in receipts[:MOST]),
        *(Event(each.at, given=each) for each in given[:MOST]),
    ]
    events.sort(key=lambda event: event.at, reverse=True)
    is_cut = any(len(rows) > MOST for rows in (steps, comments, receipts, given))
    return Timeline(events, is_cut, receipts[0] if receipts else None)


def _steps(finding: Finding) -> list[Step]:
    """Newest first. How long it was open the row tells, or the one before it where an older version wrote it."""
    newest = finding.transitions.select_related("by").order_by("-at", "-pk")[: MOST + 1]
    rows = list(newest)
    steps = [Step(row, _lasted(before, row)) for row, before in pairwise(rows)]
    return [*steps, *(Step(row, row.lasted) for row in rows[-1:])]


def _lasted(before: Transition, row: Transition) -> float | None:
    if row.lasted is not None:
        return row.lasted
    closes = before.now == State.OPEN and row.now == State.RESOLVED
    return (row.at - before.at).total_seconds() if closes else None


def _comments(finding: Finding, reader: User, names: frozenset[str]) -> list[Said]:
    newest = finding.comments.order_by("-at", "-pk")[: MOST + 1]
    return [Said(comment, is_own(comment, reader), names & names_in(comment.body)) for comment in newest]


def _receipts(finding: Finding) -> list[Told]:
    receipts = Receipt.objects.filter(finding=finding).order_by("-pk")[: MOST + 1]
    return [told(receipt) for receipt in receipts]
