"""The door stands before every page; behind it, sessions roll on, and a second factor may be asked for."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils import timezone, translation

from secdash.accounts import carrying, factors, sessions
from secdash.accounts.models import User
from secdash.web.log_context import note

Answer = Callable[[HttpRequest], HttpResponseBase]


class SignInFirst(LoginRequiredMiddleware):
    """What a signed-out person sent to a view that carries texts goes with them to the door; who asks for a part of a
    page is told to go there, by status 401.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Whoever sends them to the door: the guide's own views know who may read them."""
        led = urlsplit(response.get("Location", "")).path == resolve_url(settings.LOGIN_URL)
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED) if led and asks_for_a_part(request) else response

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        page = getattr(view_func, carrying.MARK, "")
        if page and request.method == "POST":
            return carrying.to_the_door(request, page)
        return super().handle_no_permission(request, view_func)


def asks_for_a_part(request: HttpRequest) -> bool:
    """A script of a page put this request: where it is led elsewhere, that page would show up inside the page."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


class Rolling:
    """A session that is used goes on."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """After the view is found: what is no page of ours reads no session."""
        if request.session.session_key and request.user.is_authenticated:
            note(user=request.user.pk)
            sessions.note_use(request, at=timezone.now())


class Language:
    """Whoever chose a language reads every page in it, whatever their browser asks for."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """As `Rolling`, only where a page of ours was asked for."""
        user = request.user if request.session.session_key else None
        if isinstance(user, User) and user.language:
            translation.activate(user.reads(request.LANGUAGE_CODE))
            request.LANGUAGE_CODE = translation.get_language() or request.LANGUAGE_CODE


class SecondFactor:
    """Whoever must have a second factor, and has none, gets no further than the page that adds one."""

    OPEN = frozenset(
        {
            *("account", "account-name", "account-password", "mfa_activate_totp", "mfa_add_webauthn"),
            *("mfa_view_recovery_codes", "mfa_download_recovery_codes"),
            *("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
            *("logout", "set-language", "set-theme", "healthz", "health-live", "health-ready"),
        }
    )

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is not None and match.url_name in self.OPEN:
            return None
        user = request.user
        if not (isinstance(user, User) and factors.is_wanting(user)):
            return None
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED) if asks_for_a_part(request) else redirect("account")
