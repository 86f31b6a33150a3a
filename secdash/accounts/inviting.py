"""Invitations: a link for one person, good once and for a week, which says what they may do once they are in."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from secdash.accounts import mail
from secdash.accounts.models import Invitation, User
from secdash.accounts.roles import Role
from secdash.accounts.signals import invitation_accepted
from secdash.audit.recording import record

LASTS = timedelta(days=7)


class UsedUp(Exception):
    """Somebody was faster, it was withdrawn, or it is too old."""


@transaction.atomic
def invite(
    *,
    role: Role,
    reach: User.Reach = User.Reach.ALL,
    groups: Mapping[int, str] | None = None,
    email: str = "",
    by: User,
    at: datetime,
) -> tuple[Invitation, str]:
    """The invitation, and its link, which is known at this moment and never again."""
    token = secrets.token_urlsafe(32)
    made = Invitation.objects.create(
        digest=_digest(token),
        email=email,
        role=role,
        reach=reach,
        groups={str(group): str(given) for group, given in (groups or {}).items()},
        invited_by=by,
        created_at=at,
        expires_at=at + LASTS,
    )
    said = {"role": made.role, "reach": made.reach, "groups": made.groups, "email": email, "until": made.expires_at}
    record("person.invited", by=by, on=made, after=said, at=at)
    return made, settings.PUBLIC_URL + reverse("invited", args=[token])


def find(token: str, *, at: datetime) -> Invitation | None:
    return Invitation.objects.open(at).filter(digest=_digest(token)).first()


@transaction.atomic
def accept(invitation: Invitation, user: User, *, password: str, at: datetime) -> User:
    """Make the person; the name and the password were looked at by the form. Raises UsedUp."""
    if not Invitation.objects.open(at).filter(pk=invitation.pk).update(used_at=at):
        raise UsedUp
    user.role, user.reach = invitation.role, invitation.reach
    user.set_password(password)
    user.save()
    Invitation.objects.filter(pk=invitation.pk).update(used_by=user)
    invitation_accepted.send(Invitation, invitation=invitation, user=user)
    record(
        "person.added",
        by=user,
        on=user,
        after={"role": user.role, "reach": user.reach, "invited by": _inviter(invitation)},
        at=at,
    )
    return user


@transaction.atomic
def withdraw(invitation: Invitation, *, by: User, at: datetime) -> bool:
    """False where there is nothing left to withdraw."""
    if not Invitation.objects.open(at).filter(pk=invitation.pk).update(withdrawn_at=at):
        return False
    record("invitation.withdrawn", by=by, on=invitation, at=at)
    return True


def _inviter(invitation: Invitation) -> str:
    return invitation.invited_by.username if invitation.invited_by else ""


def _digest(token: str) -> str:
    """Of 256 random bits: a plain digest is as good as a slow one."""
    return hashlib.sha256(token.encode()).hexdigest()


def mail_link(invitation: Invitation, link: str) -> None:
    """From within the request: the link must lie in no queue. Raises mail.NotSent."""
    text = _("%(name)s invites you to secdash. Choose your name and password within a week:")
    said = text % {"name": _inviter(invitation)}
    mail.post(_("You are invited"), f"{said}\n\n{link}", to=invitation.email)
