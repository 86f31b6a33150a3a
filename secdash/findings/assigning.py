"""Who works on a finding, and by when. People set both; no scan changes who."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from secdash.accounts.models import User
from secdash.accounts.roles import ALLOWED, Act
from secdash.audit.recording import record
from secdash.facts.message import Message, say
from secdash.findings.models import Finding, FindingQuerySet, Stamp
from secdash.findings.signals import assigned
from secdash.findings.telling import tell_assigned, tell_due
from secdash.fleet.models import GroupRole

log = logging.getLogger(__name__)

SEES_NO_HOSTS = say("This person may not see hosts, so nothing can be assigned to them.")
SEES_NOT_ALL = say("This person may not see every host that this is about. Choose somebody else, or fewer findings.")


class NotAssignable(Exception):
    """Whom nothing can be assigned to."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def members() -> QuerySet[User]:
    """Those who may see hosts, some or all, by name. Services are nobody."""
    people = User.objects.filter(is_active=True, service_account=None)
    return people.filter(role__in=ALLOWED[Act.SEE_HOSTS]).order_by("username")


@transaction.atomic
def assign(
    findings: FindingQuerySet | Iterable[int], assignee: User | None, *, by: User, at: datetime
) -> dict[int, int | None]:
    """Give these findings to a person, or to nobody. Each one's id, and whose it was.

    Raises NotAssignable, and PermissionDenied for somebody who may not triage.
    """
    if assignee is not None and not assignee.can(Act.SEE_HOSTS):
        raise NotAssignable(SEES_NO_HOSTS)
    rows = _locked(findings, by)
    before: dict[int, int | None] = dict(rows.values_list("pk", "assignee_id"))
    if assignee is not None and sees_not(assignee, before):
        raise NotAssignable(SEES_NOT_ALL)
    Finding.objects.filter(pk__in=before).update(assignee=assignee)
    tell_assigned(before, assignee, by=by, at=at)
    Stamp.touch()
    new = [finding for finding, was in before.items() if assignee and was != assignee.pk]
    if new:
        assigned.send(sender=Finding, findings=new, assignee=assignee, by=by, at=at)
    log.info("%s gave %s findings to %s at %s", by, len(before), assignee or "nobody", at.isoformat())
    return before


@transaction.atomic
def set_due(
    findings: FindingQuerySet | Iterable[int], day: date | None, *, by: User, at: datetime
) -> dict[int, date | None]:
    """The last day in time for these findings, or none. Each one's id, and the day that it had."""
    rows = _locked(findings, by)
    before: dict[int, date | None] = dict(rows.values_list("pk", "due_on"))
    Finding.objects.filter(pk__in=before).update(due_on=day)
    tell_due(before, day, by=by, at=at)
    Stamp.touch()
    log.info("%s made %s findings due on %s at %s", by, len(before), day or "no day", at.isoformat())
    return before


def those_who_see(finding: Finding) -> list[User]:
    """Those to whom it can be given, and who can be told of it. Two queries."""
    in_group = set(GroupRole.objects.filter(group=finding.host.group_id).values_list("user", flat=True))
    return [person for person in members() if person.sees_all or person.pk in in_group]


def sees_not(person: User, findings: Iterable[int]) -> bool:
    """Whether one of these findings is on a host that the person does not see. No query for whoever sees all."""
    if person.sees_all:
        return False
    wanted = set(findings)
    return Finding.objects.visible_to(person).filter(pk__in=wanted).count() < len(wanted)


@transaction.atomic
def assign_one(finding: Finding, assignee: User | None, *, by: User, at: datetime) -> None:
    """As `assign`, with an entry of its own in the log of changes; of many, their act is entered once."""
    was = finding.assignee
    assign([finding.pk], assignee, by=by, at=at)
    before, after = ({"assignee": str(person or "")} for person in (was, assignee))
    record("finding.assigned", by=by, on=finding, before=before, after=after, at=at)


@transaction.atomic
def set_due_of_one(finding: Finding, day: date | None, *, by: User, at: datetime) -> None:
    """As `set_due`, with an entry of its own in the log of changes."""
    before = {"due": finding.due_on}
    set_due([finding.pk], day, by=by, at=at)
    record("finding.due_set", by=by, on=finding, before=before, after={"due": day}, at=at)


def _locked(findings: FindingQuerySet | Iterable[int], by: User) -> FindingQuerySet:
    """In the order of their ids, so that two who change many at once wait for each other instead of failing.

    Raises PermissionDenied where one of them is on a host on which this person may not do it.
    """
    chosen = findings if isinstance(findings, FindingQuerySet) else Finding.objects.filter(pk__in=list(findings))
    if not (by.sees_all and by.can(Act.TRIAGE)):
        allowed = Finding.objects.allowing(by, Act.TRIAGE).order_by().values("pk")
        if not by.is_active or chosen.exclude(pk__in=allowed).exists():
            raise PermissionDenied
    return Finding.objects.select_for_update().filter(pk__in=chosen.values("pk")).order_by("pk")
