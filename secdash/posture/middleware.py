"""What open overviews ask each second is answered before anything else is, where nothing moved."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from secdash.posture import tickets


class NothingMoved:
    """Before the session is read. Whoever signed out has no session's cookie any more, and is led to the door."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        shown = request.headers.get(tickets.HEADER, "")
        if not shown or request.method != "GET" or request.path != reverse("changes"):
            return self.get_response(request)
        mark = request.GET.get("mark", "")
        if settings.SESSION_COOKIE_NAME in request.COOKIES and tickets.holds(shown, mark, now=timezone.now()):
            return HttpResponse(status=204, headers={"Cache-Control": "private, no-store"})
        return self.get_response(request)
