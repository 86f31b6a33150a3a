"""Says from where a request comes, to the audit log and to the lines of the process's log."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from secdash.audit.context import Origin, as_address, coming_from
from secdash.web.log_context import about

HEADER = "X-Request-ID"
MOST = 32  # characters of a mark in an entry


class FromWhere:
    """The answer names the request, so that a person can tell us which line of the log is theirs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        here = Origin(address_of(request), _mark(request))
        with coming_from(here), about():
            response = self.get_response(request)
        response[HEADER] = here.request
        return response


def _mark(request: HttpRequest) -> str:
    """The number that the request has already, where what stands before us gave it one; else one of our own."""
    return str(getattr(request, "number", ""))[:MOST] or secrets.token_hex(8)


def address_of(request: HttpRequest) -> str | None:
    """The peer; behind a proxy of ours, the last address of X-Forwarded-For, which that proxy wrote itself.

    Whatever stands before it is what the client claims, and counts for nothing.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        said = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2]
        return as_address(said) or as_address(peer)
    return as_address(peer)
