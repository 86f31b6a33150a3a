"""A text that was sent by somebody whose session had ended waits behind the door, and is there after signing in.

The door's own form carries it (nothing is stored for a stranger); then it stays in the session of whoever signed in,
until the page that shows it has saved it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse

V = TypeVar("V", bound=Callable[..., Any])

MARK = "signed_out_post_goes_to"
KEPT = "carried"
OWN_FIELDS = ("csrfmiddlewaretoken", "username", "password", "next")
MOST = 1_000_000  # characters in all


def carries(page: str) -> Callable[[V], V]:
    """Of a view that is posted to: `page` names the page, with the same arguments, that shows the text again."""

    def mark(view: V) -> V:
        setattr(view, MARK, page)
        return view

    return mark


def to_the_door(request: HttpRequest, page: str) -> HttpResponseRedirect:
    """307: the browser sends the same fields to the door, which carries them on."""
    match = request.resolver_match
    back = reverse(page, args=match.args if match else (), kwargs=match.kwargs if match else {})
    return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}", preserve_request=True)


def fields(request: HttpRequest) -> dict[str, str]:
    """What the door's form carries beside its own fields."""
    found = {name: str(value) for name, value in request.POST.dict().items() if name not in OWN_FIELDS}
    return found if sum(map(len, found.values())) <= MOST else {}


def keep(request: HttpRequest, path: str, carried: Mapping[str, str]) -> None:
    request.session[KEPT] = {"path": path, "fields": dict(carried)}


def kept(request: HttpRequest) -> dict[str, str]:
    """What waits for the page that is asked for."""
    found = request.session.get(KEPT, {})
    return dict(found["fields"]) if found.get("path") == request.path else {}


def let_go(request: HttpRequest) -> None:
    request.session.pop(KEPT, None)
