"""Which sections nobody has looked at for long: pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

YEAR = timedelta(days=365)
HEAD = 2  # sections of this level are read as one with all below them


class Aged(NamedTuple):
    """A section as it stands: `at` is when its text last changed."""

    anchor: str
    title: str
    level: int
    at: datetime


class Due(NamedTuple):
    """`since`: the last time that somebody wrote or read the part of it that was left longest."""

    anchor: str
    title: str
    since: datetime


def due(sections: Iterable[Aged], reviewed: Mapping[str, datetime], now: datetime) -> list[Due]:
    """Of an article's sections in order; who reviewed a section read all below it too."""
    found = []
    for group in _groups(sections):
        head = group[0]
        read = reviewed.get(head.anchor)
        since = min(max(one.at, read) if read else one.at for one in group)
        if since < now - YEAR:
            found.append(Due(head.anchor, head.title, since))
    return found


def _groups(sections: Iterable[Aged]) -> Iterator[Sequence[Aged]]:
    group: list[Aged] = []
    for section in sections:
        if section.level <= HEAD and group:
            yield group
            group = []
        group.append(section)
    if group:
        yield group
