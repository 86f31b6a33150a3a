"""Check titles in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext

from secdash.checks import CATALOGUE


def title_of(check: str) -> str:
    """What the check holds against its subject; its name where this version no longer has it."""
    entry = CATALOGUE.get(check)
    return gettext(entry.title) if entry else check
