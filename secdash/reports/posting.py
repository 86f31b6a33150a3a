"""A report by mail, to its owner's own address."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from secdash.facts.message import say
from secdash.messaging import mail
from secdash.messaging.outcome import NotSent
from secdash.reports.models import Paper

NO_ADDRESS = say("Its owner’s account has no address.")


def post(paper: Paper, content: bytes) -> None:
    """Send it as an attachment. Raises NotSent with the reason."""
    if not paper.owner.email:
        raise NotSent(NO_ADDRESS, is_final=True)
    with translation.override(paper.language):
        letter = _letter(paper)
    letter.attach(file_name(paper), content, "application/pdf")
    mail.post(letter)


def _letter(paper: Paper) -> EmailMultiAlternatives:
    title = str(paper.get_kind_display())
    lines = [
        _("The report that you asked for is attached."),
        _("Change or stop it here: %(url)s") % {"url": settings.PUBLIC_URL + reverse("reports")},
    ]
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMultiAlternatives(
        f"[secdash] {title}", "\n\n".join(lines), settings.MAIL_FROM, [paper.owner.email], headers=headers
    )


def file_name(paper: Paper) -> str:
    return f"secdash-{paper.kind}-{paper.created_at:%Y-%m-%d}.pdf"
