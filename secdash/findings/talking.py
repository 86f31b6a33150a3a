"""What people say of a finding: comment, change one's own words, take them away. Nobody changes those of others.

The log of changes tells that something was said, not what: words that are taken away must be gone.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.audit.recording import record
from secdash.findings import signals
from secdash.findings.assigning import members, sees_not
from secdash.findings.models import Comment, Finding
from secdash.findings.remarks import names_in
from secdash.fleet.access import need


@transaction.atomic
def comment(finding: Finding, body: str, *, by: User, at: datetime) -> Comment:
    """Raises PermissionDenied where this person may not discuss what is on that host."""
    need(by, Act.DISCUSS, finding.host)
    said = Comment.objects.create(finding=finding, body=body, by=by, by_name=by.display_name, at=at)
    _mention(said, at=at)
    record("finding.commented", by=by, on=finding, after={"comment": said.pk}, at=at)
    return said


@transaction.atomic
def change(said: Comment, body: str, *, by: User, at: datetime) -> None:
    """Raises PermissionDenied where these are not the person's own words, or were taken away."""
    _need_own(said, by)
    said.body, said.edited_at = body, at
    said.save(update_fields=["body", "edited_at"])
    _mention(said, at=at)
    record("finding.comment_changed", by=by, on=said.finding, after={"comment": said.pk}, at=at)


@transaction.atomic
def remove(said: Comment, *, by: User, at: datetime) -> None:
    """The words are gone for good; that there was something, and whose, stays. Raises PermissionDenied."""
    _need_own(said, by)
    said.body, said.removed_at = "", at
    said.save(update_fields=["body", "removed_at"])
    said.mentions.clear()
    record("finding.comment_removed", by=by, on=said.finding, before={"comment": said.pk}, at=at)


def is_own(said: Comment, person: User) -> bool:
    return said.by_id == person.pk and said.removed_at is None


def mentioned(body: str) -> list[User]:
    """The members whose names are written as mentions. One query, or none."""
    names = names_in(body)
    return list(members().filter(username__in=names)) if names else []


def _mention(said: Comment, *, at: datetime) -> None:
    """Those who are named for the first time in these words are told."""
    before = set(said.mentions.values_list("pk", flat=True))
    named = [person for person in mentioned(said.body) if not sees_not(person, [said.finding_id])]
    said.mentions.set(named)
    new = [person.pk for person in named if person.pk not in before]
    if new:
        signals.mentioned.send(sender=Comment, comment=said, users=new, at=at)


def _need_own(said: Comment, by: User) -> None:
    if not is_own(said, by):
        raise PermissionDenied
