"""The account of a service is no person: whatever way in somebody finds for it, it is shown out again."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from secdash.accounts.models import User
from secdash.api.models import ServiceAccount


def refuse_service(sender: object, request: HttpRequest, user: User, **_more: Any) -> None:
    if ServiceAccount.objects.filter(user=user).exists():
        logout(request)
        raise PermissionDenied
