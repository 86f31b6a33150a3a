"""Releases of the distributions that images are built on, and the day each ended, as read on one day (decision 0003).

`ends` is the last day on which everybody gets security fixes: Debian's LTS counts, Ubuntu's paid maintenance does not.
"""

from __future__ import annotations

import re

import msgspec

READ_ON = "2026-11-26"
SOURCE = "endoflife.date"
NUMBERS = re.compile(r"(\d{1,4})(?:\.(\d{1,4}))?")


class Line(msgspec.Struct, frozen=True):
    """A release line from version `since` on. `ends` is its last day of support, "" while none is announced."""

    name: str
    since: tuple[int, int]
    ends: str
    source: str = SOURCE
    read_on: str = READ_ON


def _lines(*pairs: tuple[str, str]) -> tuple[Line, ...]:
    return tuple(Line(name, _numbers(name), ends) for name, ends in pairs)


def _numbers(version: str) -> tuple[int, int]:
    found = NUMBERS.match(version)
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)


# By the ID of os-release, newest first: a version belongs to the first line that it is not older than.
LINES: dict[str, tuple[Line, ...]] = {
    "alpine": _lines(
        ("3.23", "2027-11-01"),
        ("3.22", "2027-05-01"),
        ("3.21", "2026-11-01"),
        ("3.20", "2026-04-01"),
        ("3.19", "2025-11-01"),
        ("3.18", "2025-05-09"),
        ("3.17", "2024-11-22"),
        ("3.16", "2024-05-23"),
        ("3.15", "2023-11-01"),
        ("3.14", "2023-05-01"),
        ("3.13", "2022-11-01"),
        ("3.12", "2022-05-01"),
        ("3.11", "2021-11-01"),
        ("3.10", "2021-05-01"),
        ("older", "2020-11-01"),
    ),
    "debian": _lines(
        ("13", "2030-06-30"),
        ("12", "2028-06-30"),
        ("11", "2026-08-31"),
        ("10", "2024-06-30"),
        ("9", "2022-07-01"),
        ("8", "2020-06-30"),
        ("older", "2018-05-31"),
    ),
    "ubuntu": _lines(
        ("26.04", "2031-04-30"),
        ("25.10", "2026-07-01"),
        ("25.04", "2026-01-17"),
        ("24.10", "2025-07-10"),
        ("24.04", "2029-05-31"),
        ("23.10", "2024-07-12"),
        ("23.04", "2024-01-20"),
        ("22.10", "2023-07-20"),
        ("22.04", "2027-04-01"),
        ("21.10", "2022-07-14"),
        ("21.04", "2022-01-20"),
        ("20.10", "2021-07-22"),
        ("20.04", "2025-05-31"),
        ("19.10", "2020-07-06"),
        ("19.04", "2020-01-23"),
        ("18.10", "2019-07-18"),
        ("18.04", "2023-05-31"),
        ("17.10", "2018-07-19"),
        ("17.04", "2018-01-13"),
        ("16.10", "2017-07-20"),
        ("16.04", "2021-04-02"),
        ("older", "2019-04-02"),
    ),
    "fedora": _lines(
        ("43", "2026-12-09"),
        ("42", "2026-05-13"),
        ("41", "2025-12-15"),
        ("40", "2025-05-13"),
        ("39", "2024-11-26"),
        ("38", "2024-05-21"),
        ("older", "2023-12-05"),
    ),
    "almalinux": _lines(("10", "2035-05-31"), ("9", "2032-05-31"), ("8", "2029-03-01")),
    "rocky": _lines(("9", "2032-05-31"), ("8", "2029-05-31")),
    "centos": _lines(("8", "2021-12-31"), ("7", "2024-06-30"), ("6", "2020-11-30"), ("older", "2017-03-31")),
}
ROLLING = frozenset({"arch", "archarm", "opensuse-tumbleweed", "wolfi", "chainguard", "void", "gentoo", "kali"})
NAMED_BY_VERSION = ("alpine", "debian", "ubuntu", "fedora", "almalinux")  # their images are ID:VERSION


def line(id_: str, version: str, name: str) -> Line | None:
    """The release line; None where the table has not this distribution, or where the version is newer than the table.

    CentOS Stream has CentOS's id, but ends of its own.
    """
    numbers = _numbers(version)
    if numbers == (0, 0) or id_ not in LINES or "Stream" in name or _is_beyond(numbers, LINES[id_][0]):
        return None
    return next((each for each in LINES[id_] if numbers >= each.since), None)


def _is_beyond(numbers: tuple[int, int], newest: Line) -> bool:
    """Where releases are named by their first number, the second is an update within one."""
    return numbers > newest.since if "." in newest.name else numbers[0] > newest.since[0]


def newest(id_: str) -> str:
    """The newest release of a distribution whose images are called by id and version; "" for others."""
    return LINES[id_][0].name if id_ in NAMED_BY_VERSION else ""


def is_rolling(id_: str, version: str) -> bool:
    """Without releases: distributions that have none, and the testing branches of those that have."""
    return id_ in ROLLING or (id_ in ("debian", "alpine") and (not version or "_alpha" in version))


def has_ended(found: Line) -> bool:
    """Compared with the day the table was read: a judgement is the same today and tomorrow."""
    return bool(found.ends) and found.ends < found.read_on
