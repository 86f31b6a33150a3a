"""System checks of the environment: each says in one sentence what is wrong and what to set."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error

SHORTEST_KEY = 40


def secret_key(app_configs: Any = None, **options: Any) -> list[CheckMessage]:
    """With servers of its own the product must be given a key: each process would draw another."""
    key = settings.CONFIGURED_KEY
    if not key and (settings.DATABASE_URL or settings.REDIS_URL):
        return [
            Error(
                "SECDASH_SECRET_KEY is not set.",
                hint="Set it, or SECDASH_SECRET_KEY_FILE, to the same long random text in every process.",
                id="secdash.E001",
            )
        ]
    if key and len(key) < SHORTEST_KEY:
        return [
            Error(
                f"SECDASH_SECRET_KEY is shorter than {SHORTEST_KEY} characters.",
                hint="Draw a longer one: python -c 'import secrets; print(secrets.token_urlsafe(48))'",
                id="secdash.E002",
            )
        ]
    return []


def public_url(app_configs: Any = None, **options: Any) -> list[CheckMessage]:
    parts = urlsplit(settings.PUBLIC_URL)
    if parts.scheme in ("http", "https") and parts.hostname and not parts.path:
        return []
    return [
        Error(
            f"SECDASH_URL is {settings.PUBLIC_URL!r}, which is not an address people can open.",
            hint="Write scheme and host only, such as https://secdash.example.org.",
            id="secdash.E003",
        )
    ]
