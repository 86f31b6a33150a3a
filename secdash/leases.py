"""When a lease is over. It is a row's time, kept by the database, while clocks of machines may jump."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

FARTHEST = timedelta(minutes=15)  # no lease is longer: one that ends later was given before the clock was put back


def run_out(at: datetime, column: str = "lease_until") -> Q:
    """What nobody renewed in time, also where the time at which it ends was drawn from a clock that was wrong."""
    return Q(**{f"{column}__lt": at}) | Q(**{f"{column}__gt": at + FARTHEST})
