"""What stands on the line of the score: hosts that came and went, a changed catalogue, the biggest moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from secdash.posture.trends.periods import A_DAY, Period
from secdash.posture.trends.series import Day

BIGGEST = 5
ON_THE_LINE = 3  # of them
WORTH_LISTING, WORTH_NAMING = 0.5, 2.0  # points of the scope's score in a day
MOST_LABELS = 4
APART = 0.14  # of the chart's width: two labels nearer than that would cover each other


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CATALOGUE = "catalogue"
    ROSE = "rose"
    FELL = "fell"


class Marks(NamedTuple):
    """What the rows of a day and group say beside sums: hosts that came and went (with one's name), catalogues."""

    day: date
    group: int
    added: int
    added_name: str
    removed: int
    removed_name: str
    catalogues: frozenset[str]


class Happening(NamedTuple):
    """`size`: hosts, or points of the score. `name`: of the host, where it is one."""

    day: date
    kind: Kind
    size: float = 0
    name: str = ""


def happenings(marks: Iterable[Marks], days: Sequence[Day], period: Period) -> list[Happening]:
    """All that happened to a scope in a period, oldest first."""
    known = list(marks)
    found = [*_hosts(known, days, period), *_catalogues(known, period), *_on_the_line(days, period)]
    return sorted(found, key=lambda each: (each.day, each.kind))


def _on_the_line(days: Sequence[Day], period: Period) -> list[Happening]:
    return [move for move in biggest_moves(days, period)[:ON_THE_LINE] if move.size >= WORTH_NAMING]


def biggest_moves(days: Sequence[Day], period: Period) -> list[Happening]:
    """The days that moved the score most, the biggest first."""
    moves = []
    for number in range(1, len(days)):
        was, now = days[number - 1].score, days[number].score
        if was is not None and now is not None and abs(now - was) >= WORTH_LISTING:
            kind = Kind.ROSE if now > was else Kind.FELL
            moves.append(Happening(period.first + number * A_DAY, kind, abs(now - was)))
    return sorted(moves, key=lambda each: -each.size)[:BIGGEST]


def labelled(found: Iterable[Happening], period: Period) -> set[Happening]:
    """Those that have room for their word on the chart: at most four, moves before the rest, none beside another."""
    weight = {Kind.FELL: 0, Kind.ROSE: 0, Kind.CATALOGUE: 1, Kind.REMOVED: 2, Kind.ADDED: 2}
    chosen: list[Happening] = []
    for each in sorted(found, key=lambda one: (weight[one.kind], -one.size, one.day)):
        near = any(abs((each.day - other.day).days) < APART * period.length for other in chosen)
        if not near and len(chosen) < MOST_LABELS:
            chosen.append(each)
    return set(chosen)


def telling(marks: Iterable[Marks]) -> list[Marks]:
    """Those that say something that their group's earlier ones did not: a year has thousands that say nothing."""
    seen: dict[int, frozenset[str]] = defaultdict(frozenset)
    kept = []
    for each in sorted(marks, key=lambda one: one.day):
        if each.added or each.removed or each.catalogues - seen[each.group]:
            kept.append(each)
        seen[each.group] |= each.catalogues
    return kept


def _hosts(marks: Sequence[Marks], days: Sequence[Day], period: Period) -> Iterator[Happening]:
    """Where no host stood before, the first ones are the beginning and no event."""
    for day, of_day in _by_day(marks).items():
        at = (day - period.first).days
        if not 0 <= at < len(days):
            continue
        added, removed = sum(each.added for each in of_day), sum(each.removed for each in of_day)
        if added and at and days[at - 1].hosts:
            yield Happening(day, Kind.ADDED, added, _only(added, (each.added_name for each in of_day)))
        if removed:
            yield Happening(day, Kind.REMOVED, removed, _only(removed, (each.removed_name for each in of_day)))


def _catalogues(marks: Sequence[Marks], period: Period) -> Iterator[Happening]:
    seen: set[str] = set()
    for day, of_day in sorted(_by_day(marks).items()):
        new = frozenset().union(*(each.catalogues for each in of_day)) - seen
        if seen and new and period.first <= day <= period.last:
            yield Happening(day, Kind.CATALOGUE)
        seen |= new


def _by_day(marks: Iterable[Marks]) -> dict[date, list[Marks]]:
    days: dict[date, list[Marks]] = defaultdict(list)
    for each in marks:
        days[each.day].append(each)
    return days


def _only(count: int, names: Iterable[str]) -> str:
    return next((name for name in names if name), "") if count == 1 else ""
