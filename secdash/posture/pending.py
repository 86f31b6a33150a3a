"""The act on many findings that the list tells of: the one that was just asked for, or one still under way."""

from __future__ import annotations

from secdash.accounts.models import User
from secdash.findings.models import BulkAct


def shown_act(user: User, asked: str) -> BulkAct | None:
    """One's own. One query."""
    mine = BulkAct.objects.of(user).select_related("by")
    if asked.isascii() and asked.isdecimal() and len(asked) < 19:
        return mine.filter(pk=int(asked)).first()
    return mine.under_way().first()
