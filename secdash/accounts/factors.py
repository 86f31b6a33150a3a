"""Second factors: who must have one, and what a person's row says of theirs."""

from __future__ import annotations

from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_delete, post_save

from secdash.accounts.models import User
from secdash.accounts.roles import Role
from secdash.accounts.sessions import end_all
from secdash.audit.recording import record

SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_wanting(user: User) -> bool:
    """Whether the policy asks for a factor that this person lacks.

    Whoever has no password comes by the provider's door, and the provider asks for its own.
    """
    if user.has_factor or settings.REQUIRE_MFA == "nobody" or not user.has_usable_password():
        return False
    return settings.REQUIRE_MFA == "everybody" or user.role == Role.ADMINISTRATOR


@transaction.atomic
def reset(user: User, *, by: User | None) -> int:
    """Take all factors of somebody who lost theirs; they sign in by password and add new ones."""
    number: int = Authenticator.objects.filter(user=user).count()
    for each in Authenticator.objects.filter(user=user):
        each.delete()
    end_all(user)
    record("person.factors_reset", by=by, on=user, before={"factors": number})
    return number


def listen() -> None:
    for changed in (post_save, post_delete):
        changed.connect(_keep_row, sender=Authenticator, dispatch_uid="second factor of a person")
    # Saved is recorded in the transaction; django-allauth tells of what was added after it alone.
    post_save.connect(_added, sender=Authenticator, dispatch_uid="record added factors")
    signals.authenticator_removed.connect(_removed, dispatch_uid="record removed factors")
    signals.authentication_failed.connect(_failed, dispatch_uid="record refused codes")


def _keep_row(*, instance: Any, **_more: Any) -> None:
    has = Authenticator.objects.filter(user_id=instance.user_id, type__in=SECOND).exists()
    User.objects.filter(pk=instance.user_id).exclude(has_factor=has).update(has_factor=has)


def _added(*, instance: Any, created: bool, **_more: Any) -> None:
    if created:
        record("person.factor_added", by=instance.user, on=instance.user, after={"factor": instance.type})


def _removed(*, user: Any, authenticator: Any, **_more: Any) -> None:
    record("person.factor_removed", by=user, on=user, before={"factor": authenticator.type})


def _failed(*, user: Any, **_more: Any) -> None:
    record("person.code_refused", on=user)
