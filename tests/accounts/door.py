"""Coming in as people do: through the pages, with a password and what is asked for behind it."""

from __future__ import annotations

import re

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse

from secdash.accounts.models import User
from secdash.audit.models import AuditEntry
from tests.cast import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NEW = "a longer phrase than before"


class Door:
    """A browser before the door."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def try_password(self, name, password=PASSWORD, **more):
        return self.client.post(reverse("login"), {"username": str(name), "password": password}, **more)

    def sign_in(self, user: User) -> Client:
        answer = self.try_password(user.username)
        assert answer.status_code == 302, answer.content.decode()
        return self.client


def is_in(client: Client) -> bool:
    """Whether the client's session gets behind the door."""
    return client.get(reverse("account")).status_code == 200


def with_app(user: User) -> User:
    """The person, with an authenticator app and recovery codes."""
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    user.refresh_from_db()
    return user


def code(secret: str = SECRET) -> str:
    """What the app shows now."""
    return totp.format_hotp_value(totp.hotp_value(secret, list(totp.yield_hotp_counters_from_time())[1]))


def acts() -> list[str]:
    """What the audit log says was done, oldest first."""
    return list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
