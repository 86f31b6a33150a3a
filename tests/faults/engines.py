"""A simulated Engine that waits at a chosen question, until the test has done its worst."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engine.replaying_server import ReplayingEngine, recorded_routes

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


@contextmanager
def holding() -> Iterator[HoldingEngine]:
    with tempfile.TemporaryDirectory(prefix="sd-", dir="/tmp") as folder:
        engine = HoldingEngine(Path(folder) / "docker.sock")
        thread = threading.Thread(target=engine.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield engine
        finally:
            engine.stopping.set()
            engine.shutdown()
            engine.server_close()
            thread.join(5)
