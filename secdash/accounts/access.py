"""The rule that stands before every act."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from secdash.accounts.models import User
from secdash.accounts.roles import Act

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def member(request: HttpRequest) -> User:
    """The signed-in person. Raises PermissionDenied for anybody else, though the login middleware stands before it."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def needs(act: Act) -> Callable[[View[P]], View[P]]:
    """Let only those through who may do this."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not member(request).can(act):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard
