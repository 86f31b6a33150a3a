"""Processes that tests kill, freeze and start again. A shell keeps each, so that none is left to anybody else."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.engine import parts
from tests.flows import product

# Once the process is gone its keeper waits for a file that asks for it again.
KEEPER = 'while :; do rm -f "$0"; setpriv --pdeathsig KILL -- "$@"; while [ ! -e "$0" ]; do sleep 0.1; done; done'
PATIENCE = 120.0


class Kept:
    """One process. `answers` tells whether it does its work."""

    def __init__(self, command: Sequence[str], sign: Path, answers: Callable[[], bool], **options: object) -> None:
        self._sign = sign
        self._answers = answers
        self.log = sign.with_suffix(".log")
        with self.log.open("ab") as log:
            self.keeper = parts.start(
                ["sh", "-c", KEEPER, str(sign), *command],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **options,
            )  # fmt: skip
        assert parts.wait_until(answers, self.keeper, within=PATIENCE), self.log.read_text(errors="replace")[-2000:]

    @property
    def pid(self) -> int:
        """0 while it is dead."""
        found = [pid for pid in product._children(self.keeper.pid) if not product.command_of(pid).startswith("sleep")]
        return found[0] if found else 0

    @property
    def children(self) -> list[int]:
        return product._children(self.pid)

    def kill(self) -> None:
        """As when the machine loses its power: it, and all that it started."""
        assert self.pid
        _signal(self.pid, signal.SIGSTOP)  # nor can it start another meanwhile
        pids = {self.pid: "", **product.family(self.pid)}
        for pid in pids:
            _signal(pid, signal.SIGKILL)
        assert product.eventually(lambda: not any(product.command_of(pid) for pid in pids))

    def start(self, *, waits: bool = True) -> None:
        self._sign.touch()
        if waits:
            assert product.eventually(self._answers, within=PATIENCE), self.log.read_text(errors="replace")[-2000:]

    def restart(self) -> None:
        self.kill()
        self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It alone; its children go on."""
        pid = self.pid
        _signal(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            _signal(pid, signal.SIGCONT)

    @contextmanager
    def dead(self) -> Iterator[None]:
        self.kill()
        try:
            yield
        finally:
            self.start()

    def end(self, *, politely: bool = False) -> None:
        """`politely` gives it the time to put away what it shares with others, such as memory."""
        if politely and (pid := self.pid):
            _signal(pid, signal.SIGINT)
            product.eventually(lambda: not product.command_of(pid), within=10)
        for pid in product.family(self.keeper.pid):
            _signal(pid, signal.SIGCONT)
        with suppress(ProcessLookupError):
            os.killpg(self.keeper.pid, signal.SIGKILL)
        for pid in product.family(self.keeper.pid):
            _signal(pid, signal.SIGKILL)
        self.keeper.wait(10)


def _signal(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def soon(true: Callable[[], object], *, within: float = PATIENCE) -> bool:
    """Whether it comes true; what cannot be asked yet has not. Raises what kept it from being asked to the last."""
    failed: list[Exception] = []

    def is_true() -> bool:
        failed.clear()
        try:
            return bool(true())
        except Exception as error:  # noqa: BLE001 - servers are away on purpose
            failed.append(error)
            return False

    if product.eventually(is_true, within=within):
        return True
    if failed:
        raise failed[0]
    return False
