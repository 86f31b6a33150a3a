"""Who asks, and when: what *me* and *overdue* mean."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from secdash.accounts.models import User


class Asker(NamedTuple):
    user: User
    now: datetime
