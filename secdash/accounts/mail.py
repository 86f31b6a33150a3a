"""Mail about accounts, through the instance's mail server."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

SECONDS = 10


class NotSent(Exception):
    """The mail server did not take it. Its own words stay out: they may name what opens its door."""


def is_set_up() -> bool:
    return bool(settings.MAIL)


def post(subject: str, text: str, *, to: str) -> None:
    """Raises NotSent."""
    backend = EmailBackend(timeout=SECONDS, fail_silently=False, **settings.MAIL)
    headers = {"Auto-Submitted": "auto-generated"}
    letter = EmailMessage(f"[secdash] {subject}", text, settings.MAIL_FROM, [to], headers=headers, connection=backend)
    try:
        letter.send()
    except (OSError, smtplib.SMTPException):
        raise NotSent from None
