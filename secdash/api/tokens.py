"""Giving tokens, telling whose a token is, and taking them back.

A token is random enough (200 bits) that one round of SHA-256 is all its keeping needs: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils.text import slugify

from secdash.accounts.models import User
from secdash.api.models import Scope, ServiceAccount, Token
from secdash.audit.recording import record
from secdash.facts.message import Message, say
from secdash.fleet.models import Group, GroupRole

PREFIX = "secdash_"
BYTES = 25
SHOWN = len(PREFIX) + 4  # characters of it that are kept to be shown
LONGEST = 200  # what is longer is no token, and is not even hashed
MOST_OF_ONE = 20  # usable tokens of a person
WRITTEN_EVERY = timedelta(minutes=1)

TOO_MANY = say("You have %(most)s tokens in use, which is as many as a person can have. Revoke one first.", most=20)


class Refused(Exception):
    """With the sentence for whoever asked."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


class Given(NamedTuple):
    """`secret` is the token itself, which is shown once and kept nowhere."""

    token: Token
    secret: str

    def __repr__(self) -> str:
        return f"Given({self.token!r})"


@transaction.atomic
def give(user: User, *, name: str, scopes: Iterable[str], days: int, at: datetime) -> Given:
    """A token by which programs act as this person. Raises Refused."""
    if Token.objects.usable(at).filter(user=user).count() >= MOST_OF_ONE:
        raise Refused(TOO_MANY)
    return _give(user, name=name, scopes=scopes, days=days, by=user, at=at)


@transaction.atomic
def give_service(
    *,
    name: str,
    role: str,
    groups: Iterable[Group],
    scopes: Iterable[str],
    days: int,
    by: User,
    at: datetime,
) -> Given:
    """A token of its own account, which no person is. With groups its role holds on their hosts alone."""
    groups = list(groups)
    user = User(username=_free_name(name), first_name=name[:150], role=role)
    user.reach = User.Reach.GROUPS if groups else User.Reach.ALL
    user.set_unusable_password()
    user.full_clean(exclude=["password"])
    user.save()
    GroupRole.objects.bulk_create([GroupRole(user=user, group=group, role=role) for group in groups])
    ServiceAccount.objects.create(user=user, made_by=by, made_at=at)
    return _give(user, name=name, scopes=scopes, days=days, by=by, at=at)


def _give(user: User, *, name: str, scopes: Iterable[str], days: int, by: User, at: datetime) -> Given:
    secret = PREFIX + secrets.token_hex(BYTES)
    wanted = set(scopes)
    token = Token.objects.create(
        user=user,
        name=name,
        digest=digest_of(secret),
        hint=secret[:SHOWN],
        scopes=[scope.value for scope in Scope if scope in wanted],
        made_by=by,
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    record("token.made", by=by, on=token, after=_told(token), at=at)
    return Given(token, secret)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def found(secret: str, *, at: datetime) -> Token | None:
    """The usable token that this is, with its user; None for anything else."""
    if not secret.startswith(PREFIX) or len(secret) > LONGEST or not secret.isascii():
        return None
    return Token.objects.usable(at).select_related("user").filter(digest=digest_of(secret)).first()


def note_use(token: Token, *, address: str | None, at: datetime) -> None:
    """Once a minute, so that a busy program does not write at each request."""
    if token.used_at is None or at - token.used_at >= WRITTEN_EVERY:
        Token.objects.filter(pk=token.pk, used_at=token.used_at).update(used_at=at, used_from=address)


@transaction.atomic
def revoke(token: Token, *, by: User, at: datetime) -> None:
    """It opens nothing from now on; the account of a service ends with its last token. Again changes nothing."""
    if not Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        return
    record("token.revoked", by=by, on=token, before=_told(token), at=at)
    services = User.objects.filter(pk=token.user_id, service_account__isnull=False)
    services.exclude(pk__in=Token.objects.usable(at).values("user")).update(is_active=False)


def _told(token: Token) -> dict[str, object]:
    """What the log may know: never the token, nor its digest."""
    return {"acts_as": str(token.user), "scopes": token.scopes, "expires_at": token.expires_at}


def _free_name(name: str) -> str:
    """A user name that nobody has, and that no form lets a person choose."""
    base = f"service-{slugify(name)[:60] or 'token'}"
    taken = set(User.objects.filter(username__startswith=base).values_list("username", flat=True))
    return next(each for number in range(1, len(taken) + 2) if (each := f"{base}-{number}") not in taken)
