"""Letting people in: the first administrator, members, and the one-time link by which each chooses a password."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from secdash.accounts.models import User
from secdash.accounts.roles import Role
from secdash.audit.recording import record

FIRST_NAME = "admin"


@transaction.atomic
def first_administrator() -> User:
    """The oldest administrator; made without a password where there is none yet."""
    found = User.objects.filter(role=Role.ADMINISTRATOR).order_by("pk").first()
    return found or add_member(FIRST_NAME, role=Role.ADMINISTRATOR)


@transaction.atomic
def add_member(username: str, *, role: Role) -> User:
    """A person who cannot sign in until they chose a password through their welcome link."""
    user = User(username=username, role=role)
    user.set_unusable_password()
    user.full_clean(exclude=["password"])
    user.save()
    record("person.added", on=user, after={"role": str(role), "reach": str(user.reach)})
    return user


def welcome_link(user: User) -> str:
    """An address that works once, for three days: it dies with the password it sets."""
    token = default_token_generator.make_token(user)
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return settings.PUBLIC_URL + reverse("welcome", args=[uid, token])
