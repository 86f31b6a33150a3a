"""Since when changes are told: since yesterday, or since the reader's last visit. The address says which."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from secdash.accounts.models import User

LONGEST = timedelta(days=30)
TEN_MINUTES = 600  # seconds


class Since(Enum):
    YESTERDAY = "yesterday"
    VISIT = "visit"


class Window(NamedTuple):
    """`since` is when it begins; `offered` whether the reader was here before, so that there is a choice."""

    kind: Since
    since: datetime
    offered: bool

    @property
    def is_visit(self) -> bool:
        return self.kind is Since.VISIT


def window_of(user: User, asked: str, *, now: datetime) -> Window:
    """Yesterday: 24 hours ago, to full ten minutes, so that what is counted can be kept so long. At most 30 days."""
    visited = user.last_visit_at
    if asked == Since.VISIT.value and visited is not None:
        return Window(Since.VISIT, max(visited, now - LONGEST), offered=True)
    begins = now - timedelta(days=1)
    begins -= timedelta(seconds=begins.timestamp() % TEN_MINUTES)
    return Window(Since.YESTERDAY, begins, offered=visited is not None)
