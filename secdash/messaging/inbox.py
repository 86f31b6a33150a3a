"""A person's inbox: what others did that concerns them, and what their rules tell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, OuterRef, Subquery
from django.utils.translation import get_language

from secdash.accounts.models import User
from secdash.batches import delete_some
from secdash.checks.outcome import Severity
from secdash.facts.message import Message
from secdash.messaging.letters import Letter, letter_as_json, of_message
from secdash.messaging.models import Channel, Notice, Rule
from secdash.posture.context import figure

UNREAD = "unread_notices"  # the name of the figure at the bell
AHEAD = 7


def tell(users: Iterable[User], kind: str, message: Message, *, url: str, at: datetime, key: str) -> None:
    """One line in each one's inbox. `url` is a path of ours; `key` makes telling the same again no second line."""
    keep(users, kind, Letter(of_message(message)), key=key, at=at, url=url)


def keep(
    users: Iterable[User], kind: str, letter: Letter, *, key: str, at: datetime, url: str = "", number: int = 1
) -> None:
    """The same of a letter. What comes again under its key counts up and is unread again, and the letter is renewed.

    Only for people who are still here.
    """
    for user in users:
        if user.is_active:
            _keep(user, kind, letter, key=key[:120], at=at, url=url, number=number)


def _keep(user: User, kind: str, letter: Letter, *, key: str, at: datetime, url: str, number: int) -> None:
    words = letter_as_json(letter)
    again = Notice.objects.filter(user=user, key=key)
    if again.update(letter=words, url=url, at=at, read_at=None, number=F("number") + number):
        return
    try:
        with transaction.atomic():
            Notice.objects.create(user=user, kind=kind, key=key, letter=words, url=url, at=at, number=number)
    except IntegrityError:
        again.update(letter=words, url=url, at=at, read_at=None, number=F("number") + number)


def mark_read(user: User, pk: int | None, *, at: datetime) -> int:
    """One notice, or all of them for None; how many were unread."""
    unread = Notice.objects.of(user).unread()
    return (unread if pk is None else unread.filter(pk=pk)).update(read_at=at)


def unread(user: User) -> Subquery:
    """How many, as a part of another query."""
    return figure(Notice.objects.of(user).unread(), Count("pk"))


def open_for_newcomers(*, at: datetime) -> int:
    """An inbox for everybody who has none, told of new criticals and of acceptances about to end; how many."""
    has = Channel.objects.filter(owner=OuterRef("pk"), kind=Channel.Kind.INBOX)
    return sum(open_for(user, at=at) for user in User.objects.filter(~Exists(has), is_active=True))


def open_for(user: User, *, at: datetime) -> bool:
    """False where they have one."""
    if Channel.objects.filter(owner=user, kind=Channel.Kind.INBOX).exists():
        return False
    try:
        with transaction.atomic():
            channel = Channel.objects.create(
                owner=user,
                kind=Channel.Kind.INBOX,
                name="Inbox",
                language=get_language() or "en",
                created_at=at,
                confirmed_at=at,
            )
            Rule.objects.create(
                channel=channel,
                events=[Rule.Event.NEW, Rule.Event.ENDING],
                severity=Severity.CRITICAL,
                ahead=AHEAD,
                created_at=at,
                due_at=at,
            )
    except IntegrityError:
        return False  # another tick was faster
    return True


def forget_old(*, at: datetime) -> None:
    delete_some(Notice.objects.filter(at__lt=at - timedelta(days=settings.KEEP_MESSAGES)).order_by("pk"))
