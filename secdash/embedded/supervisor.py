"""Keeps a few child processes alive together, and ends them together, cleanly, in the reverse of their order."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

from secdash.embedded import orphans

GRACE = 6.0  # seconds a child has to end before it is killed; a scan that this cuts off is taken up again
MOST_RESTARTS = 5  # within RESTART_WINDOW seconds, then everything stops
RESTART_WINDOW = 60.0


class GaveUp(Exception):
    """A child kept dying; the message names it."""


class AskedToStop(Exception):
    """A signal came while something was being prepared."""


@dataclass
class Child:
    """One process of the product. It leads a session of its own, so that Ctrl+C reaches it through us, in order."""

    name: str
    argv: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.process = subprocess.Popen(list(self.argv), start_new_session=True, preexec_fn=orphans.end_with_parent)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(GRACE)
        self.clear()
        self.process.wait()

    def clear(self) -> None:
        """End what is left of the child's group: a worker that is killed leaves a beat and children of its own."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def revive(self) -> None:
        """Start again after a death. Raises GaveUp for one that dies again and again."""
        self.clear()
        now = time.monotonic()
        self.deaths = [*(death for death in self.deaths if now - death < RESTART_WINDOW), now]
        if len(self.deaths) > MOST_RESTARTS:
            raise GaveUp(self.name)
        self.start()


class Supervisor:
    """Starts children in order; `watch` blocks until a signal asks to stop."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.tell = tell
        self.children: list[Child] = []
        self.stopping = threading.Event()

    def listen(self) -> None:
        """Take Ctrl+C, a service manager's request and a closed terminal as the wish to stop."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked_to_stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup wants us to stay
            signal.signal(signal.SIGHUP, self._asked_to_stop)

    def add(self, name: str, argv: Sequence[str]) -> Child:
        child = Child(name, argv)
        child.start()
        self.children.append(child)
        return child

    def run(self, name: str, argv: Sequence[str]) -> bool:
        """Run one step to its end: whether it went well. Raises AskedToStop where a signal came first."""
        step = self.add(name, argv)
        while step.alive:
            self.go_on(within=0.05)
        self.children.remove(step)
        return step.process is not None and step.process.returncode == 0

    def go_on(self, *, within: float = 0.0) -> None:
        """Wait so long for a signal. Raises AskedToStop once one came."""
        if self.stopping.wait(within):
            raise AskedToStop

    def watch(self) -> None:
        """Revive what dies, until asked to stop. Raises GaveUp where a child will not live."""
        while not self.stopping.wait(0.5):
            for child in self.children:
                if not child.alive and not self.stopping.is_set():
                    self.tell(f"{child.name} ended unexpectedly; starting it again")
                    child.revive()

    def stop(self) -> None:
        for child in reversed(self.children):
            child.stop()

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()
