"""Keeps a few child processes alive together, and ends them together, cleanly, in the reverse of their order."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

GRACE = 15.0  # seconds a child has to end before it is killed
MOST_RESTARTS = 5  # within RESTART_WINDOW seconds, then everything stops
RESTART_WINDOW = 60.0


class GaveUp(Exception):
    """A child kept dying; the message names it."""


@dataclass
class Child:
    """One process of the product. It leads a session of its own, so that Ctrl+C reaches it through us, in order."""

    name: str
    argv: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.process = subprocess.Popen(list(self.argv), start_new_session=True)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.process is None or not self.alive:
            return
        self.process.terminate()
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def revive(self) -> None:
        """Start again after a death. Raises GaveUp for one that dies again and again."""
        now = time.monotonic()
        self.deaths = [*(death for death in self.deaths if now - death < RESTART_WINDOW), now]
        if len(self.deaths) > MOST_RESTARTS:
            raise GaveUp(self.name)
        self.start()


class Supervisor:
    """Starts children in order; `watch` blocks until a signal asks to stop."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.children: list[Child] = []
        self.stopping = threading.Event()

    def listen(self) -> None:
        """Take SIGINT and SIGTERM as the wish to stop."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked_to_stop)

    def add(self, name: str, argv: Sequence[str]) -> Child:
        child = Child(name, argv)
        child.start()
        self.children.append(child)
        return child

    def watch(self) -> None:
        """Revive what dies, until asked to stop. Raises GaveUp where a child will not live."""
        while not self.stopping.wait(0.5):
            for child in self.children:
                if not child.alive and not self.stopping.is_set():
                    self.say(f"{child.name} ended unexpectedly; starting it again")
                    child.revive()

    def stop(self) -> None:
        for child in reversed(self.children):
            child.stop()

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()
