"""The rule that stands before every act."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from secdash.accounts.models import User
from secdash.accounts.roles import Act

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)


def member(request: HttpRequest) -> User:
    """The signed-in person. Raises PermissionDenied for anybody else, though the login middleware stands before it."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def needs(act: Act) -> Callable[[Callable[Concatenate[HttpRequest, P], R]], Callable[Concatenate[HttpRequest, P], R]]:
    """Let only those through who may do this."""

    def guard(view: Callable[Concatenate[HttpRequest, P], R]) -> Callable[Concatenate[HttpRequest, P], R]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if not member(request).can(act):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard
