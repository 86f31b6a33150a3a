"""How long everything takes that is a matter of choice; tests choose less."""

from __future__ import annotations

import random

import msgspec


class Pace(msgspec.Struct, frozen=True):
    """Seconds, where nothing else is said."""

    beat: float = 5.0  # between two signs of life
    lease: float = 20.0  # a process that is silent for so long has lost its hosts
    note: float = 1.0  # between two times that states are written
    connect: float = 10.0
    retry: float = 0.3  # before the first attempt to reconnect; then twice as long each time
    slowest: float = 60.0
    blink: float = 1.0  # a stream that is back so soon, at the first attempt, was cut and not the Engine stopped
    quiet: float = 0.25  # after the last event of a burst
    longest: float = 1.0  # after the first
    again: float = 0.5  # before what a scan held up is tried again
    burst: int = 2000  # events at once, and
    rate: float = 100.0  # events a second in the long run: more is a flood
    rest: float = 60.0  # after a flood, in which nobody listens
    together: float = 0.05  # before what was seen is written, for others to join; and
    crowd: float = 0.1  # where others were written shortly before: ten at once cost a third of what each costs alone
    patience: float = 0.25  # before it is written beside those that still look
    threads: int = 6

    def wait(self, failures: int) -> float:
        """Before the next attempt: longer each time, and never the same for two hosts that broke at once."""
        longest = min(self.retry * 2.0 ** min(failures, 16), self.slowest)
        return longest * (0.5 + random.random() / 2)  # noqa: S311 - spreads load, guards nothing
