"""Release lines of the Docker Engine and the day each ended, as read on one day (see docs/decisions/0003)."""

from __future__ import annotations

import re

import msgspec

READ_ON = "2026-11-23"
SOURCE = "endoflife.date/docker-engine"
PLAIN = re.compile(r"v?(\d+)\.(\d+)(?:\.\d+)*(?:-ce|-ee(?:-\d+)?)?")
LEADING = re.compile(r"v?(\d+)\.(\d+)")


class Line(msgspec.Struct, frozen=True):
    """A release line from version `since` on. `ends` is its last day of support, "" while none is announced."""

    name: str
    since: tuple[int, int]
    ends: str
    source: str = SOURCE
    read_on: str = READ_ON


# Newest first: a version belongs to the first line that it is not older than.
ENGINE_LINES = (
    Line("29", (29, 0), ""),
    Line("28", (28, 0), "2026-05-13"),
    Line("27", (27, 0), "2025-05-03"),
    Line("26.1", (26, 1), "2025-02-17"),
    Line("26.0", (26, 0), "2024-06-08"),
    Line("25.0", (25, 0), "2026-12-04"),
    Line("24.0", (24, 0), "2024-06-08"),
    Line("23.0", (23, 0), "2025-05-19"),
    Line("20.10", (20, 10), "2023-12-10"),
    Line("19.03", (19, 3), "2021-01-08"),
    Line("18.09 or older", (0, 0), "2019-08-22"),
)
NEWEST_MAJOR = 29


def release(version: str) -> tuple[int, int] | None:
    """Major and minor number; None where the version does not begin with them."""
    found = LEADING.match(version)
    return (int(found[1]), int(found[2])) if found else None


def is_upstream(version: str) -> bool:
    """Whether the version is written as Docker itself writes it; a distribution's build carries more after it."""
    return PLAIN.fullmatch(version) is not None


def engine_line(version: str) -> Line | None:
    """The release line; None where the version is unreadable or newer than this table."""
    numbers = release(version)
    if numbers is None or numbers[0] > NEWEST_MAJOR:
        return None
    return next(line for line in ENGINE_LINES if numbers >= line.since)


def has_ended(line: Line) -> bool:
    """Compared with the day the table was read: a judgement is the same today and tomorrow."""
    return bool(line.ends) and line.ends < line.read_on
