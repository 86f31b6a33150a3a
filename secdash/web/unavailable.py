"""What is answered where a page cannot be made: 503 with plain words while the database is away, else 500.

Neither asks the database. The long texts that were sent are shown, so that nothing typed is lost.
"""

from __future__ import annotations

import sys

from django.db import InterfaceError, InternalError, OperationalError, connections
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.request import RawPostDataException
from django.template.loader import render_to_string

AWAY = (OperationalError, InterfaceError, InternalError)  # gone, full, restarting, or a standby that only reads
LONG = 100  # characters: what is shorter is typed again soon
# What people write. Named one by one: whatever else a form sends may open a host, and is never written into a page.
WRITTEN = frozenset({"answer", "body", "evidence", "message", "note", "reason", "text"})
AGAIN_AFTER = "10"  # seconds


def broken(request: HttpRequest) -> HttpResponse:
    """The handler of errors: called while the exception is being handled."""
    status = 503 if isinstance(sys.exc_info()[1], AWAY) else 500
    text = render_to_string(f"{status}.html", {"sent": texts_of(request)})
    response = HttpResponse(text, status=status)
    if status == 503:
        response["Retry-After"] = AGAIN_AFTER
        _give_up_connections()
    return response


def _give_up_connections() -> None:
    """They may lead to a former primary that only reads: the next request asks who is there now."""
    for each in connections.all(initialized_only=True):
        if not each.in_atomic_block:
            each.close()


def texts_of(request: HttpRequest) -> list[str]:
    """Only of a form of our own pages, and never what opens a door."""
    if request.headers.get("sec-fetch-site") != "same-origin":
        return []
    try:
        sent = request.POST.dict().items()
    except (RawPostDataException, UnreadablePostError):
        return []
    return [str(value) for name, value in sent if name in WRITTEN and len(value) > LONG]
