"""The number at the bell."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from secdash.accounts.models import User
from secdash.messaging import inbox
from secdash.posture.context import rooms_of


def bell(request: HttpRequest) -> dict[str, Any]:
    """How much is unread, counted with what the sidebar counts; nothing for strangers and for htmx fragments."""
    user = getattr(request, "user", None)
    if getattr(request, "htmx", False) or not isinstance(user, User):
        return {}
    return {"unread": rooms_of(request, user).more[inbox.UNREAD]}
