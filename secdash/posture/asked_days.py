"""Days in an address, which anybody may have written."""

from __future__ import annotations

from datetime import date

# Nothing was scanned before, and pages reckon years back from the days that they are asked for.
FIRST = date(2000, 1, 1)


def day_of(text: str) -> date | None:
    """None for what is no day of the calendar since FIRST, or is written otherwise than our own addresses have it."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text and found >= FIRST else None


def is_no_range(first: str, last: str, today: date) -> bool:
    """Whether days were given that are no range: one is no day, they are turned round, or they are yet to come.

    A page says so, and shows what it can.
    """
    days = [day_of(text) for text in (first, last) if text]
    unknown = any(day is None or day > today for day in days)
    return unknown or (len(days) == 2 and str(days[0]) > str(days[1]))
