"""Questions that take the Engine long, asked on several connections side by side.

An Engine answers what comes on one connection one after the other. `top` starts a `ps` each time and `changes` walks a
layer: on a host of many containers nothing else of a scan takes as long, and the Engine's other processors have nothing
to do meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence

from secdash.facts.doors import Door
from secdash.facts.trouble import Unreachable
from secdash.facts.wire import Connection

LANES = 3  # so many at once, out of regard for the host
MANY = 64  # questions: for fewer, connections more cost more than they save


class Lanes:
    """Connections to one Engine beside the one that is there. `of` names the one on which a path was asked."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._lanes: list[Connection] = []
        self._asked_on: dict[str, Connection] = {}

    def ask(self, groups: Sequence[Sequence[str]]) -> frozenset[str]:
        """The paths that are asked here: all, or none where they are few or no connection more is let in.

        Those of one group follow each other on one connection, and groups must be read in this order.
        """
        if sum(map(len, groups)) < MANY:
            return frozenset()
        try:
            for number in range(LANES):
                self._begin([path for group in groups[number::LANES] for path in group])
        except (OSError, ValueError, Unreachable):
            self.close()
        return frozenset(self._asked_on)

    def _begin(self, paths: Sequence[str]) -> None:
        lane = Connection(self._door)
        self._lanes.append(lane)
        lane.ask_ahead(paths)
        self._asked_on |= dict.fromkeys(paths, lane)

    def of(self, path: str) -> Connection | None:
        return self._asked_on.get(path)

    def close(self) -> None:
        for lane in self._lanes:
            lane.close()
        self._lanes, self._asked_on = [], {}
