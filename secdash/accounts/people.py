"""Changing what people may do. One administrator who can sign in always stays."""

from __future__ import annotations

from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from secdash.accounts import sessions
from secdash.accounts.models import User
from secdash.accounts.roles import Role
from secdash.audit.recording import record


class LastAdministrator(Exception):
    """Without this one, nobody could let anybody in."""


@transaction.atomic
def change(user: User, *, role: Role, reach: User.Reach, by: User | None, at: datetime) -> bool:
    """Give role and reach; their sessions end. False where nothing differs. Raises LastAdministrator."""
    found = _locked(user)
    before = {"role": str(found.role), "reach": str(found.reach)}
    after = {"role": str(role), "reach": str(reach)}
    if before == after:
        return False
    if found.role == Role.ADMINISTRATOR and role != Role.ADMINISTRATOR:
        _another_stays(found)
    User.objects.filter(pk=user.pk).update(role=role, reach=reach)
    sessions.end_all(user)
    record("person.role_changed", by=by, on=user, before=before, after=after, at=at)
    return True


@transaction.atomic
def deactivate(user: User, *, by: User, at: datetime) -> None:
    """They are out at once, and stay in histories by name. Raises LastAdministrator."""
    found = _locked(user)
    if found.role == Role.ADMINISTRATOR:
        _another_stays(found)
    User.objects.filter(pk=user.pk).update(is_active=False)
    sessions.end_all(user)
    record("person.deactivated", by=by, on=user, at=at)


@transaction.atomic
def reactivate(user: User, *, by: User, at: datetime) -> None:
    User.objects.filter(pk=user.pk).update(is_active=True)
    record("person.reactivated", by=by, on=user, at=at)


@transaction.atomic
def end_sessions(user: User, *, by: User, at: datetime) -> None:
    sessions.end_all(user)
    record("person.sessions_ended", by=by, on=user, at=at)


@transaction.atomic
def rename(user: User, *, first_name: str, last_name: str, email: str, language: str, by: User, at: datetime) -> None:
    before = _told(user)
    user.first_name, user.last_name, user.email, user.language = first_name, last_name, email, language
    user.save(update_fields=["first_name", "last_name", "email", "language"])
    after = _told(user)
    if after != before:
        record("person.changed", by=by, on=user, before=before, after=after, at=at)


def _told(user: User) -> dict[str, str]:
    return {"name": user.get_full_name(), "email": user.email, "language": user.language}


def speak(user: User, language: str) -> None:
    """From now on their pages and mails are in this language; no more than a preference, so it is not in the log."""
    User.objects.filter(pk=user.pk).update(language=language)


def _locked(user: User) -> User:
    """All administrators' rows are locked, in one order, before one of them changes: two cannot both be the last."""
    list(User.objects.select_for_update().filter(role=Role.ADMINISTRATOR).order_by("pk"))
    return User.objects.select_for_update().get(pk=user.pk)


def _another_stays(user: User) -> None:
    if not User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk).exists():
        raise LastAdministrator


@transaction.atomic
def leave_provider(user: User, *, at: datetime) -> bool:
    """Cut the tie to the provider's account; False where it is their only way in, or there is none."""
    if not user.has_usable_password():
        return False
    if not SocialAccount.objects.filter(user=user).delete()[0]:
        return False
    record("person.provider_left", by=user, on=user, at=at)
    return True
