"""Looking at what Engines told of: read again, judged, written.

What many hosts need of the database is asked and written together.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections
from django.utils import timezone

from secdash.facts.thing import Thing
from secdash.facts.trouble import Unreachable
from secdash.scans import glances, recording_glances
from secdash.scans.glances import Came, Glance
from secdash.scans.remembering import Known, Memory
from secdash.watching.pace import Pace
from secdash.watching.together import Together
from secdash.watching.turns import Turns
from secdash.web.unavailable import AWAY

MOST = 64  # hosts at once: a transaction locks their rows
A_FEW = 16  # that are made ready at once: others wait meanwhile
R = TypeVar("R")

log = logging.getLogger(__name__)


class Looks:
    """The looks of a process: few threads ask Engines, one asks the database what is known, one writes."""

    def __init__(self, pace: Pace) -> None:
        self._memory = Memory()
        self._turns = Turns(pace.patience)
        self._readers = ThreadPoolExecutor(pace.threads, "looks")
        self._asker, self._writer = ThreadPoolExecutor(1, "known"), ThreadPoolExecutor(1, "writes")
        self._known = Together(self._ask, most=MOST, pause=pace.together / 4)
        self._recorded = Together(self._record, most=MOST, pause=pace.together, busy=pace.crowd)

    async def __aenter__(self) -> Looks:
        return self

    async def __aexit__(self, *_: object) -> None:
        for pool in (self._readers, self._asker, self._writer):
            pool.shutdown(cancel_futures=True)

    async def look(self, host: int, things: Collection[Thing]) -> Came:
        """What came of it. A host that cannot be reached is left to a scan, which says so.

        What this process knows is believed: whoever writes finds out whether it is so no more, and where nothing is
        written that is asked. So most looks need not ask first.
        """
        remembered = self._memory.recall(host)
        came = await self._look(remembered, things) if remembered else Came.LATER
        if came in (Came.RECORDED, Came.WHOLE):
            return came
        known = await self._known.ask(host)
        if isinstance(known, Came):
            return known
        if remembered and remembered.scan.is_still(known.scan):
            return came
        return await self._look(known, things)

    async def _look(self, known: Known, things: Collection[Thing]) -> Came:
        async with self._turns.together():
            seen = await _in(self._readers, lambda: _seen(known, things))
        return seen if isinstance(seen, Came) else await self._recorded.ask(seen)

    async def warm(self, hosts: Sequence[int]) -> None:
        """Have at hand what is known of these, as far as there is room: so that the first look takes no longer."""
        for first in range(0, len(hosts), A_FEW):
            if self._memory.is_full:
                return
            await asyncio.gather(*(self._known.ask(host) for host in hosts[first : first + A_FEW]))

    def forget(self, host: int) -> None:
        self._memory.forget(host)

    async def _ask(self, hosts: list[int]) -> list[Known | Came]:
        try:
            async with self._turns.together():
                found = await _in(self._asker, lambda: glances.known(set(hosts), self._memory))
        except AWAY as error:
            return [_later(error)] * len(hosts)
        return [found.get(host, Came.NOTHING) for host in hosts]

    async def _record(self, seen: list[Glance]) -> list[Came]:
        """Two of one host, which moved to another watcher and back, cannot both continue its newest scan."""
        of_host = {glance.scan.host.pk: glance for glance in seen}
        first = list(of_host.values())
        try:
            async with self._turns.alone():
                came = await _in(self._writer, lambda: recording_glances.record(first, self._memory, at=timezone.now()))
        except AWAY as error:
            return [_later(error)] * len(seen)
        found = dict(zip(of_host, came, strict=True))
        return [found[glance.scan.host.pk] if of_host[glance.scan.host.pk] is glance else Came.LATER for glance in seen]


def _later(error: Exception) -> Came:
    log.warning("what was seen of hosts waits for the database: %s", type(error).__name__)
    return Came.LATER


def _seen(known: Known, things: Collection[Thing]) -> Glance | Came:
    try:
        return glances.look(known, things, began=timezone.now())
    except Unreachable:
        return Came.WHOLE


async def _in(pool: ThreadPoolExecutor, work: Callable[[], R]) -> R:
    return await asyncio.get_running_loop().run_in_executor(pool, with_fresh_connection, work)


def with_fresh_connection(work: Callable[[], R]) -> R:
    """A thread keeps its connection to the database, but not one that broke or grew old."""
    close_old_connections()
    return work()
