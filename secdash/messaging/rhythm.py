"""When a rule speaks: soon, with a pause between two messages, or at one hour of each day or week."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

WEEKDAYS, HOURS = 7, 24


class Rhythm(StrEnum):
    SOON = "soon"
    DAILY = "daily"
    WEEKLY = "weekly"


def next_time(rhythm: Rhythm, at: datetime, *, pause: int, weekday: int, hour: int, zone: str) -> datetime:
    """The earliest time after `at` at which such a rule may speak again.

    The hour is of the zone's clock. Where the clock skips it the message comes an hour later, never twice a day.
    """
    if rhythm is Rhythm.SOON:
        return at + timedelta(minutes=pause)
    here = at.astimezone(ZoneInfo(zone))
    days = (weekday - here.weekday()) % WEEKDAYS if rhythm is Rhythm.WEEKLY else 0
    step = WEEKDAYS if rhythm is Rhythm.WEEKLY else 1
    found = _at_hour(here, days, hour)
    return found if found > at else _at_hour(here, days + step, hour)


def _at_hour(here: datetime, days: int, hour: int) -> datetime:
    day = here.date() + timedelta(days=days)
    return datetime.combine(day, time(hour), tzinfo=here.tzinfo).astimezone(UTC)
