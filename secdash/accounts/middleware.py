"""The door stands before every page."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseRedirect

from secdash.accounts import carrying


class SignInFirst(LoginRequiredMiddleware):
    """What a signed-out person sent to a view that carries texts goes with them to the door."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        page = getattr(view_func, carrying.MARK, "")
        if page and request.method == "POST":
            return carrying.to_the_door(request, page)
        return super().handle_no_permission(request, view_func)
