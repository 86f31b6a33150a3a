"""What can be done to many findings at once, kind by kind: how a chunk is taken, and how it is taken back.

`take` gets the act and the ids of some findings, `undo` some of its steps. Both run inside a transaction of bulk.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.facts.message import Message, say
from secdash.findings import assigning
from secdash.findings.models import BulkAct, BulkStep, Comment, Finding
from secdash.fleet.access import acts_somewhere


class CannotAct(Exception):
    """The act cannot go on; `message` tells the one who asked why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


class Taken(NamedTuple):
    """How a finding was before the step, and how the step left it."""

    before: dict[str, Any]
    left: dict[str, Any]


class BulkKind(NamedTuple):
    """`undo` returns the findings that are again as they were; others were changed by somebody since."""

    needs: Act
    take: Callable[[BulkAct, Sequence[int], datetime], Mapping[int, Taken]]
    undo: Callable[[BulkAct, Sequence[BulkStep], datetime], Collection[int]]

    def allow(self, user: User) -> None:
        """Raises PermissionDenied for somebody who may do this on no host."""
        if self.needs not in acts_somewhere(user):
            raise PermissionDenied

    def allowed(self, user: User, findings: Sequence[int]) -> list[int]:
        """Those of the findings that are on hosts where this person may do it now, in the same order."""
        if user.sees_all and user.can(self.needs):
            return list(findings)
        found = set(Finding.objects.allowing(user, self.needs).filter(pk__in=findings).values_list("pk", flat=True))
        return [pk for pk in findings if pk in found]


GONE = say("The person to whom this was to be assigned has no account any more.")


def assign(act: BulkAct, findings: Sequence[int], at: datetime) -> dict[int, Taken]:
    pk = act.arguments["assignee"]
    assignee = User.objects.filter(pk=pk, is_active=True).first() if pk else None
    if pk and assignee is None:
        raise CannotAct(GONE)
    try:
        before = assigning.assign(findings, assignee, by=act.by, at=at)
    except assigning.NotAssignable as error:
        raise CannotAct(error.message) from error
    return {finding: Taken({"assignee": was}, {"assignee": pk}) for finding, was in before.items()}


def assign_back(act: BulkAct, steps: Sequence[BulkStep], at: datetime) -> set[int]:
    """What was somebody's who may not see it any more stays as it is."""
    unchanged = _unchanged(steps, "assignee", "assignee_id", _as_it_is)
    people, back = User.objects.in_bulk({was for was in unchanged if was}), set[int]()
    for was, findings in unchanged.items():
        try:
            assigning.assign(findings, people.get(was) if was else None, by=act.by, at=at)
        except assigning.NotAssignable:
            continue
        back |= set(findings)
    return back


def set_due(act: BulkAct, findings: Sequence[int], at: datetime) -> dict[int, Taken]:
    day = _as_day(act.arguments["due"])
    before = assigning.set_due(findings, day, by=act.by, at=at)
    return {finding: Taken({"due": _as_text(was)}, {"due": _as_text(day)}) for finding, was in before.items()}


def set_due_back(act: BulkAct, steps: Sequence[BulkStep], at: datetime) -> set[int]:
    unchanged = _unchanged(steps, "due", "due_on", _as_text)
    for was, findings in unchanged.items():
        assigning.set_due(findings, _as_day(was), by=act.by, at=at)
    return {finding for findings in unchanged.values() for finding in findings}


def _unchanged(
    steps: Iterable[BulkStep], name: str, column: str, written: Callable[[Any], Any]
) -> dict[Any, list[int]]:
    """By what they were before: the findings that still are as their step left them, locked until the commit."""
    left = {step.finding_id: Taken(step.before or {}, step.left) for step in steps if step.left is not None}
    now = Finding.objects.select_for_update(of=("self",)).filter(pk__in=left).order_by("pk")
    found: dict[Any, list[int]] = defaultdict(list)
    for pk, value in now.values_list("pk", column):
        if written(value) == left[pk].left[name]:
            found[left[pk].before[name]].append(pk)
    return found


def _as_it_is(value: Any) -> Any:
    return value


def _as_text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _as_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def comment(act: BulkAct, findings: Sequence[int], at: datetime) -> dict[int, Taken]:
    body, name = act.arguments["body"], act.by.display_name
    comments = Comment.objects.bulk_create(
        [Comment(finding_id=finding, body=body, by=act.by, by_name=name, at=at) for finding in findings]
    )
    return {each.finding_id: Taken({"comment": None}, {"comment": each.pk}) for each in comments}


def comment_back(act: BulkAct, steps: Sequence[BulkStep], at: datetime) -> set[int]:
    """A comment that was edited or removed since stays as it is."""
    ours = {step.left["comment"]: step.finding_id for step in steps if step.left is not None}
    unchanged = Comment.objects.select_for_update().filter(pk__in=ours, edited_at=None, removed_at=None)
    found = list(unchanged.order_by("pk").values_list("pk", flat=True))
    Comment.objects.filter(pk__in=found).update(body="", removed_at=at)
    return {ours[pk] for pk in found}
