"""The waterfall between two days: steps that lead from one mean of hosts' scores to the other, exactly. Pure.

First the hosts that are not counted any more leave the mean, then what moved the scores of those that stay is added,
then the hosts that are counted now come in. Every step is a fraction, so that the sum has no rest; what days say that
were recorded before moves were kept is a step of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from secdash.scans.moves import CATEGORIES, Moves, summed, total

HOSTS_GONE, HOSTS_LEFT, HOSTS_UNSCORED = LEAVING = ("hosts_gone", "hosts_left", "hosts_unscored")
HOSTS_NEW, HOSTS_JOINED, HOSTS_SCORED = COMING = ("hosts_new", "hosts_joined", "hosts_scored")
HOSTS_REPLACED = "hosts_replaced"
UNKEPT = "unkept"


class Row(NamedTuple):
    """A host's day: its score at the end, whether it counts in what is looked at, whether it is gone."""

    host: int
    day: date
    score: int | None
    inside: bool = True
    gone: bool = False
    moves: Moves = {}


class Part(NamedTuple):
    """What one host, and one check on it, gave to a step; no check where it is the host itself."""

    host: int
    check: str
    points: Fraction


class Step(NamedTuple):
    kind: str
    points: Fraction
    parts: tuple[Part, ...]  # the largest first


class Fall(NamedTuple):
    """Steps only where both days have a score; then the start and all steps add up to the end."""

    start: Fraction | None
    steps: tuple[Step, ...]
    end: Fraction | None


class DayMove(NamedTuple):
    """A day and the mean before and after it."""

    day: date
    was: Fraction
    now: Fraction

    @property
    def points(self) -> Fraction:
        return self.now - self.was

    @property
    def before(self) -> date:
        return self.day - timedelta(days=1)


def fall(before: Iterable[Row], within: Iterable[Row]) -> Fall:
    """`before` are the hosts' last rows up to the first day, `within` those after it in which anything changed."""
    started, ended, moves = _ends(before, within)
    first, last = _scores(started), _scores(ended)
    start, end = _mean(first), _mean(last)
    if start is None or end is None:
        return Fall(start, (), end)
    if not first.keys() & last.keys():
        return Fall(start, (Step(HOSTS_REPLACED, end - start, ()),), end)
    stay = {host: score for host, score in first.items() if host in last}
    leaving = {host: _leaving(ended[host]) for host in first if host not in last}
    coming = {host: _coming(started.get(host)) for host in last if host not in first}
    steps = (*_leave(first, leaving), *_moved(stay, last, moves), *_come(stay, last, coming))
    return Fall(start, tuple(step for step in steps if step.parts), end)


def daily(before: Iterable[Row], within: Iterable[Row]) -> Iterator[DayMove]:
    """Each day on which the mean moved, oldest first."""
    standing = {row.host: row for row in before}
    scores = _scores(standing)
    for day, rows in groupby(sorted(within, key=lambda row: row.day), key=lambda row: row.day):
        was = _mean(scores)
        for row in rows:
            scores.pop(row.host, None)
            scores |= _scores({row.host: row})
        now = _mean(scores)
        if was is not None and now is not None and was != now:
            yield DayMove(day, was, now)


def largest(days: Iterable[DayMove], most: int) -> list[DayMove]:
    """The days that moved most, the largest first."""
    return sorted(days, key=lambda each: (-abs(each.points), each.day))[:most]


def _ends(
    before: Iterable[Row], within: Iterable[Row]
) -> tuple[dict[int, Row], dict[int, Row], dict[int, list[Moves]]]:
    started = {row.host: row for row in before}
    ended, moves = dict(started), defaultdict(list)
    for row in sorted(within, key=lambda row: row.day):
        ended[row.host] = row
        moves[row.host].append(row.moves)
    return started, ended, moves


def _scores(rows: Mapping[int, Row]) -> dict[int, int]:
    return {host: row.score for host, row in rows.items() if row.inside and row.score is not None}


def _mean(scores: Mapping[int, int]) -> Fraction | None:
    return Fraction(sum(scores.values()), len(scores)) if scores else None


def _leaving(row: Row) -> str:
    if row.gone:
        return HOSTS_GONE
    return HOSTS_UNSCORED if row.inside else HOSTS_LEFT


def _coming(row: Row | None) -> str:
    if row is None:
        return HOSTS_NEW
    return HOSTS_SCORED if row.inside else HOSTS_JOINED


def _leave(scores: Mapping[int, int], kinds: Mapping[int, str]) -> Iterator[Step]:
    """Each host that leaves draws the mean of the rest away from its own score."""
    left = dict(scores)
    for kind in LEAVING:
        leaving = [host for host, each in kinds.items() if each == kind]
        mean, rest = Fraction(sum(left.values()), len(left)), len(left) - len(leaving)
        yield _step(kind, [Part(host, "", (mean - left.pop(host)) / rest) for host in leaving])


def _come(stay: Iterable[int], last: Mapping[int, int], kinds: Mapping[int, str]) -> Iterator[Step]:
    here = {host: last[host] for host in stay}
    for kind in COMING:
        coming = [host for host, each in kinds.items() if each == kind]
        mean, then = Fraction(sum(here.values()), len(here)), len(here) + len(coming)
        yield _step(kind, [Part(host, "", (last[host] - mean) / then) for host in coming])
        here |= {host: last[host] for host in coming}


def _moved(stay: Mapping[int, int], last: Mapping[int, int], moves: Mapping[int, Sequence[Moves]]) -> Iterator[Step]:
    added = {host: summed(moves.get(host, ())) for host in stay}
    rest = {host: last[host] - score - total(added[host]) for host, score in stay.items()}
    for kind in CATEGORIES:
        found = [(host, check, n) for host, each in added.items() for check, n in each.get(kind, {}).items()]
        yield _step(kind, [Part(host, check, Fraction(points, len(stay))) for host, check, points in found])
    yield _step(UNKEPT, [Part(host, "", Fraction(points, len(stay))) for host, points in rest.items() if points])


def _step(kind: str, parts: Iterable[Part]) -> Step:
    ordered = tuple(sorted(parts, key=lambda part: (-abs(part.points), part.check, part.host)))
    return Step(kind, sum((part.points for part in ordered), Fraction()), ordered)
