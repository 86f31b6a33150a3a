"""The process that watches: it holds hosts by leases, listens to each, and looks where something happened.

Streams are coroutines, thousands of them in one thread. What touches the database or asks an Engine is done by other
threads: one keeps the books, a few look (`looking`), here or in processes below this one (`lookers`).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from django.db import Error
from django.utils import timezone

from secdash.facts.message import say
from secdash.facts.thing import Thing
from secdash.facts.trouble import Unreachable
from secdash.scans.collecting import endpoint_of
from secdash.scans.glances import Came
from secdash.watching import leases, notes
from secdash.watching.listening import Desk, Listener, Way
from secdash.watching.lookers import Lookers
from secdash.watching.looking import Looks, with_fresh_connection
from secdash.watching.models import Watch
from secdash.watching.notes import Note
from secdash.watching.pace import Pace
from secdash.web.log_context import about

log = logging.getLogger(__name__)

DIALLERS = 32  # connections that are opened at once: one that nobody answers takes seconds
GONE = say("The host is not registered any more.")
NO_DATABASE = say("The database of secdash did not answer.")
R = TypeVar("R")


class Watchman:
    """Runs until `stop`; then it lets go of its hosts. `sign` is a file that is touched with each sign of life."""

    def __init__(self, pace: Pace, looks: Looks | Lookers, *, sign: Path | None = None) -> None:
        self._pace = pace
        self._looks = looks
        self._sign = sign
        self._token = secrets.token_hex(16)
        self._stopping = asyncio.Event()
        self._books = ThreadPoolExecutor(1, "books")
        self._noted: dict[int, Note] = {}
        self._held: leases.Held = {}
        self._warming: set[asyncio.Task[None]] = set()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._desk = Desk(self._way_to, self._look, self._note)

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(DIALLERS, "dial"))
        async with self._looks:
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._every(self._pace.beat, self._beat))
                    group.create_task(self._every(self._pace.note, self._write))
            finally:
                await self._end()

    async def _every(self, seconds: float, do: Callable[[], Awaitable[None]]) -> None:
        """Again and again, also after the database was away for a while."""
        while not self._stopping.is_set():
            try:
                await do()
            except Error as error:
                log.warning("the database does not answer: %s", type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _beat(self) -> None:
        """A sign of life; listeners begin and end as hosts come, go or move."""
        lease = timedelta(seconds=self._pace.lease)
        held = await self._book(lambda: leases.beat(self._token, at=timezone.now(), lease=lease))
        for host in [host for host, address in self._held.items() if held.get(host) != address]:
            self._quit(host)
        self._held = held
        begun = [host for host in held if host not in self._tasks]
        for host in begun:
            self._begin(host)
        if begun:
            warming = asyncio.create_task(self._looks.warm(begun))
            self._warming.add(warming)
            warming.add_done_callback(self._warming.discard)
        await self._book(lambda: notes.close_gaps(self._token, at=timezone.now()))
        if self._sign:
            self._sign.touch()

    async def _write(self) -> None:
        noted, self._noted = self._noted, {}
        if noted:
            await self._book(lambda: notes.write(self._token, noted))

    async def _end(self) -> None:
        tasks = [*self._tasks.values(), *self._warming]
        for host in list(self._tasks):
            self._quit(host)
        for warming in self._warming:
            warming.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(Error):
            await self._book(lambda: leases.leave(self._token, at=timezone.now()))
        self._books.shutdown(cancel_futures=True)

    # --- one host ---------------------------------------------------------------------------------------------------

    def _begin(self, host: int) -> None:
        task = asyncio.create_task(self._attend(host), name=f"host {host}")
        self._tasks[host] = task
        task.add_done_callback(partial(self._ended, host))

    async def _attend(self, host: int) -> None:
        listener = Listener(host, self._desk, self._pace)
        with about(host=host):  # its tasks begin with what is set here
            await self._listen(listener)

    async def _listen(self, listener: Listener) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(listener.listen())
            group.create_task(listener.look())

    def _quit(self, host: int) -> None:
        if task := self._tasks.pop(host, None):
            task.cancel()
        self._looks.forget(host)

    def _ended(self, host: int, task: asyncio.Task[None]) -> None:
        """What ends by itself has a fault of ours: it is told, and the next sign of life begins it anew."""
        if task.cancelled():
            return
        log.error("listening to host %s ended", host, exc_info=task.exception())
        if self._tasks.get(host) is task:
            del self._tasks[host]

    # --- what listeners ask for -------------------------------------------------------------------------------------

    async def _way_to(self, host: int) -> Way:
        return await self._book(lambda: _way_to(host))

    async def _look(self, host: int, things: Collection[Thing]) -> Came:
        try:
            return await self._looks.look(host, things)
        except Error as error:
            log.warning("host %s is looked at later: %s", host, type(error).__name__)
            return Came.LATER

    def _note(self, host: int, note: Note) -> None:
        self._noted[host] = self._noted[host].and_then(note) if host in self._noted else note

    async def _book(self, work: Callable[[], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._books, with_fresh_connection, work)


def _way_to(host: int) -> Way:
    """Raises Unreachable."""
    try:
        watch = Watch.objects.select_related("host__connection").filter(host=host).first()
        if watch is None:
            raise Unreachable(GONE)
        return Way(endpoint_of(watch.host), watch.heard)
    except Error as error:
        raise Unreachable(NO_DATABASE) from error
