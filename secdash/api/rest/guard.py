"""The door of the interface: a token, its scope, what its owner may do, and how often it may ask."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.api import tokens
from secdash.api.models import Scope, Token
from secdash.api.rest.problems import FORBIDDEN, SCOPE, TOO_MANY, Problem
from secdash.fleet.access import acts_somewhere
from secdash.web.log_context import note

WINDOW = timedelta(minutes=1)


class Bearer(HttpBearer):
    """Lets a request in that carries a usable token with one of these scopes, whose owner may do this."""

    def __init__(self, *scopes: Scope, act: Act | None = None) -> None:
        super().__init__()
        self.scopes = scopes
        self.act = act

    def authenticate(self, request: HttpRequest, token: str) -> Token | None:
        """None for what is no usable token. Raises Problem for one that is not good for this."""
        found = admitted(request, token, at=timezone.now())
        if found is None:
            return None
        if not any(found.allows(scope) for scope in self.scopes):
            raise lacks(self.scopes[0])
        if self.act and not _may_somewhere(found.user, self.act):
            raise Problem(FORBIDDEN, _("Its owner would need the right: %(right)s.") % {"right": self.act.label})
        note(user=found.user_id)
        request.user = found.user  # what asks a request for its reader gets the token's owner, whatever cookie came
        return found


def _may_somewhere(user: User, act: Act) -> bool:
    """Everywhere, or on some host at least: on which, the operation asks for the very host."""
    return user.can(act) or act in acts_somewhere(user)


def admitted(request: HttpRequest, secret: str, *, at: datetime) -> Token | None:
    """The usable token that this is, its use noted and counted. Raises Problem for one that asks too often."""
    found = tokens.found(secret, at=at)
    if found is not None:
        spend(found, at=at)
        tokens.note_use(found, address=request.META.get("REMOTE_ADDR") or None, at=at)
    return found


def asker(request: HttpRequest) -> User:
    """The owner of the request's token. Raises PermissionDenied, though the door stands before it."""
    token = getattr(request, "auth", None)
    if not isinstance(token, Token):
        raise PermissionDenied
    return token.user


def spend(token: Token, *, at: datetime) -> None:
    """Count the request. Raises Problem beyond what a token may ask in a minute of the clock."""
    seconds = int(WINDOW.total_seconds())
    window, gone = divmod(int(at.timestamp()), seconds)
    key = f"api-rate:{token.pk}:{window}"
    cache.add(key, 0, timeout=2 * seconds)
    try:
        count = cache.incr(key)
    except ValueError:  # it was pushed out in between: the window begins anew
        count = 1
    if count > settings.API_RATE:
        detail = _("A token may ask %(number)s times a minute.") % {"number": settings.API_RATE}
        raise Problem(TOO_MANY, detail, headers={"Retry-After": str(seconds - gone)})


def lacks(scope: Scope) -> Problem:
    challenge = f'Bearer realm="secdash", error="insufficient_scope", scope="{scope.value}"'
    detail = _("It would need the scope: %(scope)s.") % {"scope": scope.value}
    return Problem(SCOPE, detail, headers={"WWW-Authenticate": challenge})
