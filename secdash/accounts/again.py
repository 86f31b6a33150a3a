"""Asking again who somebody is, before what could not be undone by its rightful owner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, HttpResponseBase

from secdash.accounts.models import User

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
View = Callable[Concatenate[HttpRequest, P], R]


def asks_again(view: View[P, R]) -> View[P, R]:
    """A password or a second factor is given anew, within minutes, by whoever has one here."""
    guarded: View[P, R] = reauthentication_required(enabled=_can_be_asked)(view)
    return guarded


def _can_be_asked(request: HttpRequest) -> bool:
    """Whoever comes through a provider alone has nothing here that could be asked for."""
    return isinstance(request.user, User) and (request.user.has_usable_password() or request.user.has_factor)
