"""A simulated Engine that waits at a chosen question, until the test has done its worst."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.engine.replaying_server import ReplayingEngine, recorded_routes, serving

PATIENCE = 120.0


class Hold:
    """`reached` is set once somebody asked; who asks is answered after `go`."""

    def __init__(self) -> None:
        self.reached, self.go = threading.Event(), threading.Event()


class HoldingEngine(ReplayingEngine):
    def __init__(self, socket: Path) -> None:
        super().__init__(socket, recorded_routes())
        self.holds: dict[str, Hold] = {}

    def answer_to(self, path: str):
        if hold := self.holds.get(path):
            hold.reached.set()
            hold.go.wait(PATIENCE)
        return super().answer_to(path)

    @contextmanager
    def held_at(self, path: str) -> Iterator[Hold]:
        hold = self.holds[path] = Hold()
        try:
            yield hold
        finally:
            del self.holds[path]
            hold.go.set()


def holding() -> AbstractContextManager[HoldingEngine]:
    return serving(HoldingEngine)
