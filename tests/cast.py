"""The people of the tests, one for each role, and clients that are signed in as them."""

from __future__ import annotations

from django.test import Client

from secdash.accounts.models import User
from secdash.accounts.roles import Role

PASSWORD = "correct horse battery"


def a_member(role: Role = Role.VIEWER, **fields) -> User:
    """The one person of that role; made the first time."""
    user, made = User.objects.get_or_create(
        username=str(fields.pop("username", role)), defaults={"role": role, **fields}
    )
    if made:
        user.set_password(PASSWORD)
        user.save()
    return user


def signed_in(role: Role = Role.VIEWER) -> Client:
    client = Client()
    client.force_login(a_member(role))
    return client
