"""Each request of a program has a number that stands in the answer, in problems, and in the log.

A proxy of ours may give it, to any request; a client may not: two lines of the log would seem to be one request's.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "X-Request-Id"
ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")  # nothing that could break a line of a log
ROOTS = ("/api/", "/metrics", "/health/dependencies")


class RequestNumbers:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = _given(request)
        if not given and not request.path.startswith(ROOTS):
            return self.get_response(request)  # the log marks it all the same: see `audit.middleware`
        number = given or uuid.uuid4().hex
        request.number = number  # type: ignore[attr-defined] # read by `problems`
        response = self.get_response(request)
        response.headers[HEADER] = number
        return response


def _given(request: HttpRequest) -> str:
    given = request.headers.get(HEADER, "") if settings.BEHIND_PROXY else ""
    return given if ACCEPTABLE.fullmatch(given) else ""
