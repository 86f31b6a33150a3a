"""Passwords: changed by their owner, set through a link that an administrator made or that came by mail."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import override

from secdash.accounts import locking, mail, services, sessions
from secdash.accounts.models import User
from secdash.audit.recording import record


@transaction.atomic
def link_for(user: User, *, by: User | None, at: datetime) -> str:
    """A link by which they choose a new password; a second factor is asked for all the same."""
    record("person.reset_link", by=by, on=user, at=at)
    return services.welcome_link(user)


@transaction.atomic
def set_by_link(user: User, password: str, *, at: datetime) -> None:
    """Whoever held the link chose a password: every session ends, and nobody waits for wrong tries any more."""
    user.set_password(password)
    user.save(update_fields=["password"])
    sessions.end_all(user)
    locking.unlock(name=user.username)
    record("person.password_set", by=user, on=user, at=at)


@transaction.atomic
def change(request: HttpRequest, user: User, password: str, *, at: datetime) -> None:
    """Their own password; the present session goes on, the others end."""
    user.set_password(password)
    user.save(update_fields=["password"])
    sessions.end_all(user)
    sessions.keep_this(request, user)
    record("person.password_changed", by=user, on=user, at=at)


def mail_links(name: str, *, language: str, at: datetime) -> int:
    """Mail a link to whoever is called so or has this address. How many there were; the asker is never told."""
    wanted = Q(username=name) | Q(email__iexact=name)
    found = [
        user for user in User.objects.filter(wanted, is_active=True).exclude(email="") if user.has_usable_password()
    ]
    for user in found:
        with override(user.reads(language)):
            text = _("Somebody asked for a new password of %(name)s in secdash. Choose it here within three days:")
            said = text % {"name": user.username}
            link = link_for(user, by=None, at=at)
            mail.post(_("A new password"), f"{said}\n\n{link}\n\n" + _("If it was not you, do nothing."), to=user.email)
    return len(found)
