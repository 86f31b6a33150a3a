"""Sessions of people: which there are, when they were used last, and how they end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from secdash.accounts.addresses import client_address
from secdash.accounts.models import User
from secdash.audit.recording import record

SEEN = "seen"  # in the session: seconds since 1970
WRITTEN_EVERY = 600  # seconds


def note_use(request: HttpRequest, *, at: datetime) -> None:
    """Let the session roll on, with one write in ten minutes; most requests write nothing."""
    seen = request.session.get(SEEN)
    now = int(time.time())
    if seen is not None and now - seen < WRITTEN_EVERY:
        return
    request.session[SEEN] = now
    if seen is not None:
        used = UserSession.objects.filter(session_key=request.session.session_key)
        used.update(last_seen_at=at, ip=client_address(request))


def of(user: User) -> Sequence[UserSession]:
    """Those that are still good, newest use first; what has ended is forgotten on the way."""
    found = UserSession.objects.purge_and_list(user)
    return sorted(found, key=lambda session: session.last_seen_at, reverse=True)


@transaction.atomic
def end_all(user: User) -> None:
    """Every session of this person, wherever it is, ends now: what they hold no longer matches."""
    User.objects.filter(pk=user.pk).update(generation=F("generation") + 1)
    user.refresh_from_db(fields=["generation", "password"])
    for session in UserSession.objects.filter(user=user):
        session.end()


@transaction.atomic
def end_elsewhere(request: HttpRequest, user: User) -> None:
    """All but the one that asks."""
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    end_all(user)
    keep_this(request, user)
    record("person.sessions_ended", by=user, on=user)


@transaction.atomic
def end_one(user: User, pk: int) -> bool:
    """One of theirs; False where there is none of that number."""
    found = UserSession.objects.filter(user=user, pk=pk).first()
    if found is None:
        return False
    found.end()
    record("person.session_ended", by=user, on=user)
    return True


def keep_this(request: HttpRequest, user: User) -> None:
    """The asking session goes on, under a new key, after what it must match has changed."""
    update_session_auth_hash(request, user)
    request.session.save()
    UserSession.objects.create_from_request(request, user=user)
