"""The theme: light, dark, or as the system says; kept in a cookie, so that the first paint is right."""

from __future__ import annotations

COOKIE = "theme"
YEAR = 365 * 24 * 3600
SYSTEM = "system"
THEMES = ("light", "dark", SYSTEM)


def chosen(value: str | None) -> str:
    return value if value in THEMES else SYSTEM
