"""Coming in: by password, with what may still be asked for behind it (a second factor, by django-allauth's stages)."""

from __future__ import annotations

from datetime import datetime

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse

from secdash.accounts import locking
from secdash.accounts.addresses import client_address
from secdash.accounts.models import User
from secdash.audit.recording import record


class Refused(Exception):
    """Name or password is wrong, or the account is closed: which, is nobody's business."""


def by_password(request: HttpRequest, name: str, password: str, *, at: datetime) -> User:
    """The person. Raises Refused, or locking.Locked."""
    tried = locking.begin(name, client_address(request), at=at)
    user = authenticate(request, username=name, password=password)
    if not isinstance(user, User):
        if locking.was_the_last(tried):
            record("person.locked_out", on=User.objects.filter(username=name).first(), at=at)
        raise Refused
    locking.take_back(tried)
    return user


def enter(request: HttpRequest, user: User, *, redirect_url: str | None = None) -> HttpResponse:
    """Sign in somebody who gave or set their password just now, or lead them to their second factor first."""
    record_authentication(request, user, "password", reauthenticated=True)
    answer: HttpResponse = perform_login(request, Login(user=user, redirect_url=redirect_url))
    return answer
