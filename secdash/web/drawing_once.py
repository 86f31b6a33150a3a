"""Parts of pages that are drawn once for the same values: half of what a page of many lines costs are its templates.

Kept in the process, since a hundred lines a page would be a hundred questions to a cache elsewhere; for a minute, since
a line may say how long ago something was; and within a bound.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

MOST = 16 * 2**20  # characters, in each process
SECONDS = 60


class _Part(NamedTuple):
    text: str
    until: float


class Drawn:
    """Texts by what they were drawn from; the one that nobody asked for longest goes first."""

    def __init__(self, most: int = MOST) -> None:
        self._parts: OrderedDict[str, _Part] = OrderedDict()
        self._lock = Lock()
        self._left = most

    def once(self, values: str, draw: Callable[[], str]) -> str:
        """What `draw` gives; asked again only once a minute for the same values."""
        with self._lock:
            part = self._parts.get(values)
            if part and part.until > time.monotonic():
                self._parts.move_to_end(values)
                return part.text
        text = draw()
        with self._lock:
            self._keep(values, _Part(text, time.monotonic() + SECONDS))
        return text

    def forget(self) -> None:
        with self._lock:
            while self._parts:
                self._drop()

    def _keep(self, values: str, part: _Part) -> None:
        if values in self._parts:
            self._left += _weight(values, self._parts.pop(values))
        self._parts[values] = part
        self._left -= _weight(values, part)
        while self._left < 0:
            self._drop()

    def _drop(self) -> None:
        self._left += _weight(*self._parts.popitem(last=False))


def _weight(values: str, part: _Part) -> int:
    return len(values) + len(part.text)


drawn = Drawn()
