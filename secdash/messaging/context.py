"""The number at the bell."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from secdash.accounts.models import User
from secdash.messaging import inbox


def bell(request: HttpRequest) -> dict[str, Any]:
    """How much is unread: one query on pages that draw the bell; nothing for strangers and for htmx fragments."""
    user = getattr(request, "user", None)
    if getattr(request, "htmx", False) or not isinstance(user, User):
        return {}
    return {"unread": SimpleLazyObject(lambda: inbox.unread(user))}
