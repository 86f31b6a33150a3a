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
from secdash.facts.message import Message, say
from secdash.findings.models import Finding, FindingQuerySet, Stamp
from secdash.findings.signals import assigned

log = logging.getLogger(__name__)

SEES_NO_HOSTS = say("This person may not see hosts, so nothing can be assigned to them.")


class NotAssignable(Exception):
    """Whom nothing can be assigned to."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def members() -> QuerySet[User]:
    """Those who may see hosts, and so be given a finding or be told of one, by name."""
    return User.objects.filter(is_active=True, role__in=ALLOWED[Act.SEE_HOSTS]).order_by("username")


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
    Finding.objects.filter(pk__in=before).update(assignee=assignee)
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
    Stamp.touch()
    log.info("%s made %s findings due on %s at %s", by, len(before), day or "no day", at.isoformat())
    return before


def _locked(findings: FindingQuerySet | Iterable[int], by: User) -> FindingQuerySet:
    """In the order of their ids, so that two who change many at once wait for each other instead of failing."""
    if not by.can(Act.TRIAGE):
        raise PermissionDenied
    chosen = findings if isinstance(findings, FindingQuerySet) else Finding.objects.filter(pk__in=list(findings))
    return Finding.objects.select_for_update().filter(pk__in=chosen.values("pk")).order_by("pk")
