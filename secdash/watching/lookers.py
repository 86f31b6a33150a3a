"""Processes that look, below the one that listens: they use the processors that one interpreter cannot.

A host is always looked at by the same, which keeps its facts. One that dies is started again; what it was asked is
looked at later.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import subprocess
import sys
from asyncio.subprocess import Process
from collections import defaultdict
from collections.abc import Collection, Sequence
from contextlib import suppress
from itertools import count

import msgspec

from secdash.environment import BASE
from secdash.facts.thing import Thing
from secdash.scans.glances import Came
from secdash.watching import frames
from secdash.watching.pace import Pace

ENDS_WITHIN = 15.0  # seconds, with what it is writing
log = logging.getLogger(__name__)


class LookFailed(Exception):
    """By a fault of ours. The process that looked has logged it."""


class Lookers:
    """Is used as `Looks` is."""

    def __init__(self, pace: Pace, number: int) -> None:
        self._lookers = [_Looker(pace) for _ in range(number)]

    async def __aenter__(self) -> Lookers:
        for looker in self._lookers:
            await looker.begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(looker.end() for looker in self._lookers))

    async def look(self, host: int, things: Collection[Thing]) -> Came:
        """Raises LookFailed."""
        return await self._of(host).look(host, things)

    async def warm(self, hosts: Sequence[int]) -> None:
        """Asks for it; what is warm is not waited for."""
        shares: dict[_Looker, list[int]] = defaultdict(list)
        for host in hosts:
            shares[self._of(host)].append(host)
        for looker, share in shares.items():
            looker.tell(frames.Warm(share))

    def forget(self, host: int) -> None:
        self._of(host).tell(frames.Forget(host))

    def _of(self, host: int) -> _Looker:
        return self._lookers[host % len(self._lookers)]


class _Looker:
    """One process, kept alive from `begin` to `end`."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._tickets = count()
        self._asked: dict[int, asyncio.Future[Came]] = {}
        self._writer: asyncio.StreamWriter | None = None  # None while there is no process
        self._keeping: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        reader, process = await self._start()
        self._keeping = asyncio.create_task(self._keep(reader, process))

    async def end(self) -> None:
        if self._keeping:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)

    async def look(self, host: int, things: Collection[Thing]) -> Came:
        if self._writer is None:
            return Came.LATER
        ticket = next(self._tickets)
        self._asked[ticket] = asyncio.get_running_loop().create_future()
        try:
            frames.send(self._writer, frames.Look(ticket, host, list(things)))
            return await self._asked[ticket]
        finally:
            del self._asked[ticket]

    def tell(self, what: frames.Warm | frames.Forget) -> None:
        if self._writer is not None:
            frames.send(self._writer, what)

    async def _start(self) -> tuple[asyncio.StreamReader, Process]:
        """What is asked waits in the socket until the process is ready."""
        ours, theirs = socket.socketpair()
        with theirs:
            words = ("-m", "secdash.watching.looker", str(theirs.fileno()), msgspec.json.encode(self._pace).decode())
            process = await asyncio.create_subprocess_exec(
                sys.executable, *words, cwd=BASE, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
            )
        reader, self._writer = await asyncio.open_connection(sock=ours)
        return reader, process

    async def _keep(self, reader: asyncio.StreamReader, process: Process) -> None:
        while True:
            try:
                await self._hear(reader)
            finally:
                await self._ended(process)
            reader, process = await self._start_again()

    async def _start_again(self) -> tuple[asyncio.StreamReader, Process]:
        """As soon as the machine has room for it: until then what is asked is looked at later."""
        while True:
            await asyncio.sleep(self._pace.connect / 10)
            try:
                return await self._start()
            except OSError as error:
                log.error("a process that looks cannot be started: %s", error)

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        """Until it is gone."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                answer = await frames.receive(reader, frames.ANSWERS)
                if waiting := self._asked.get(answer.ticket):
                    _tell(waiting, answer.came)
        log.error("a process that looks ended, and is started again")

    async def _ended(self, process: Process) -> None:
        """Its end of the socket closes: it finishes what it is writing."""
        if self._writer:
            self._writer.close()
        self._writer = None
        for waiting in self._asked.values():
            _tell(waiting, Came.LATER.value)
        try:
            await asyncio.wait_for(process.wait(), ENDS_WITHIN)
        except TimeoutError:
            process.kill()
            await process.wait()


def _tell(waiting: asyncio.Future[Came], came: str | None) -> None:
    if waiting.done():
        return
    if came is None:
        waiting.set_exception(LookFailed("a look failed; the process that looked has logged why"))
    else:
        waiting.set_result(Came(came))
