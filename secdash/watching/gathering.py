"""Gathering a host's happenings into as few looks as will do. Pure: the time is told."""

from __future__ import annotations

from collections.abc import Collection

from secdash.facts.glance import MOST
from secdash.facts.thing import Thing
from secdash.watching.pace import Pace


class Gathered:
    """What is to be read again, and when: shortly after the last event of a burst, and not much after its first."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self.things: set[Thing] = set()
        self.is_whole = False  # more than a glance reads, or nothing that one could read
        self._first: float | None = None
        self._last = 0.0

    def add(self, things: Collection[Thing], now: float) -> None:
        """Of nothing in particular: only a scan can tell."""
        self.touch(now)
        self.things.update(things)
        if not things or sum(thing.kind == "container" for thing in self.things) > MOST:
            self.is_whole = True

    def touch(self, now: float) -> None:
        """Have the host looked at, for whatever its listing shows to be another than it was."""
        if self._first is None:
            self._first = now
        self._last = now

    def put_back(self, things: Collection[Thing], now: float) -> None:
        self.touch(now)
        self.things.update(things)

    def due(self) -> float | None:
        """When to look; None while there is nothing to look at."""
        if self._first is None:
            return None
        return min(self._last + self._pace.quiet, self._first + self._pace.longest)

    def take(self) -> tuple[set[Thing], bool]:
        """What was gathered, and whether only a scan will do; then it is empty."""
        taken = self.things, self.is_whole
        self.things, self.is_whole, self._first = set(), False, None
        return taken


class Budget:
    """How many events a host may send: a bucket that fills by itself."""

    def __init__(self, pace: Pace, now: float) -> None:
        self._pace = pace
        self._left = float(pace.burst)
        self._at = now

    def spend(self, now: float) -> bool:
        """One event. False where there are too many."""
        self._left = min(self._left + (now - self._at) * self._pace.rate, float(self._pace.burst)) - 1
        self._at = now
        return self._left >= 0
