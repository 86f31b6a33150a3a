"""Letters as mail, through the instance's mail server."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from secdash.facts.message import Message, say
from secdash.messaging.dialects import Dialect
from secdash.messaging.letters import Letter
from secdash.messaging.outcome import NotSent
from secdash.messaging.wording import written

SECONDS = 20
TEMPORARY = range(400, 500)  # answers of a mail server that ask to come again

NOT_SET_UP = say("This instance has no mail server. Whoever runs it sets SECDASH_MAIL_URL.")
NO_ANSWER = say("The mail server does not answer, or not in time.")


def is_set_up() -> bool:
    return bool(settings.MAIL)


def carry(address: str, letter: Letter, *, language: str) -> None:
    """Send it, as plain text with HTML beside it. Raises NotSent."""
    if not is_set_up():
        raise NotSent(NOT_SET_UP, is_final=True)
    text = written(letter, Dialect.HTML, language=language)
    mail = EmailMultiAlternatives(
        f"[secdash] {text.subject}",
        text.plain,
        settings.MAIL_FROM,
        [address],
        headers={"Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(text.body, "text/html")
    post(mail)


def post(mail: EmailMultiAlternatives) -> None:
    """Hand it to the mail server. Raises NotSent."""
    if not is_set_up():
        raise NotSent(NOT_SET_UP, is_final=True)
    mail.connection = EmailBackend(timeout=SECONDS, fail_silently=False, **settings.MAIL)
    try:
        mail.send()
    except (OSError, smtplib.SMTPException) as error:  # the first is a parent of the second, but not by its contract
        raise _not_sent(error) from None  # the error's own words name the address


def _not_sent(error: Exception) -> NotSent:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return NotSent(say("The mail server refuses the name or password in SECDASH_MAIL_URL."))
    code = _code(error)
    if code is None:
        return NotSent(NO_ANSWER)
    return NotSent(_refused(error, code), is_final=code not in TEMPORARY)


def _refused(error: Exception, code: int) -> Message:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return say("The mail server refuses the receiver’s address (%(code)s).", code=code)
    return say("The mail server refuses the message (%(code)s).", code=code)


def _code(error: Exception) -> int | None:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((code for code, _said in error.recipients.values()), None)
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None
