"""One host's stream: connect, hear, gather, and again when it breaks; beside it, looks at what was gathered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import NamedTuple

from django.utils import timezone

from secdash.facts import stream
from secdash.facts.endpoint import Endpoint
from secdash.facts.message import Message, say
from secdash.facts.thing import Thing
from secdash.facts.trouble import Unreachable
from secdash.scans.glances import Came
from secdash.watching import happenings
from secdash.watching.gathering import Budget, Gathered
from secdash.watching.models import Watch
from secdash.watching.notes import Note
from secdash.watching.pace import Pace

FLOODED = say("The Engine sends more events than can be followed; it is scanned instead, and listened to again later.")


class Way(NamedTuple):
    """Where an Engine listens, and the time of the last event that was heard of it."""

    endpoint: Endpoint
    heard: int


class Desk(NamedTuple):
    """What a listener asks of the process around it. All but `note` is work of other threads."""

    way_to: Callable[[int], Awaitable[Way]]  # raises Unreachable
    look: Callable[[int, Collection[Thing]], Awaitable[Came]]
    note: Callable[[int, Note], None]


class _Flooded(Exception):
    """More events than the host may send."""


class Listener:
    """One host, for as long as this process holds it: run `listen` and `look` beside each other."""

    def __init__(self, host: int, desk: Desk, pace: Pace) -> None:
        self.host = host
        self._desk = desk
        self._pace = pace
        self._gathered = Gathered(pace)
        self._told = asyncio.Event()
        self._heard = 0
        self._broke_at: float | None = None
        self._connected_at = 0.0
        self._attempts = 0  # since it broke

    async def listen(self) -> None:
        failures = 0
        while True:
            self._connected_at = 0.0
            try:
                await self._hear()
            except _Flooded:
                self._note(Watch.State.FLOODED, FLOODED, has_gap=True)
                await asyncio.sleep(self._pace.rest)
            except Unreachable as error:
                self._broke(error.message)
                lived = _now() - self._connected_at if self._connected_at else 0.0
                failures = 0 if lived >= self._pace.connect else failures + 1
                await asyncio.sleep(self._pace.wait(failures))

    async def look(self) -> None:
        while True:
            await self._told.wait()
            while (due := self._gathered.due()) is not None and due > _now():
                await asyncio.sleep(due - _now())
            self._told.clear()
            things, is_whole = self._gathered.take()
            came = Came.WHOLE if is_whole else await self._desk.look(self.host, things)
            if came is Came.WHOLE:
                self._desk.note(self.host, Note(has_gap=True))
            elif came is Came.LATER:
                await asyncio.sleep(self._pace.again)
                self._gathered.put_back(things, _now())
                self._told.set()

    async def _hear(self) -> None:
        """Until the stream ends: that raises Unreachable as well."""
        self._attempts += 1
        way = await self._desk.way_to(self.host)
        self._heard = max(self._heard, way.heard)
        question = happenings.path(self._heard)
        async with stream.asked(way.endpoint, question, seconds=self._pace.connect) as body:
            self._connected()
            budget = Budget(self._pace, _now())
            async for line in stream.lines(body):
                if not budget.spend(_now()):
                    raise _Flooded
                self._happened(happenings.read(line))
        raise Unreachable(stream.BROKE_OFF)

    def _connected(self) -> None:
        """What was missed only a scan can tell, unless something cut the stream while the Engine went on."""
        is_blink = self._broke_at is not None and self._attempts == 1 and _now() - self._broke_at <= self._pace.blink
        self._connected_at, self._broke_at, self._attempts = _now(), None, 0
        self._note(Watch.State.WATCHING, has_gap=not is_blink)
        if is_blink:
            self._gathered.touch(_now())
            self._told.set()

    def _broke(self, why: Message) -> None:
        if self._broke_at is None:
            self._broke_at = _now()
        self._note(Watch.State.BROKEN, why, reconnects=1)

    def _happened(self, told: happenings.Happening | None) -> None:
        if told is None:
            return
        self._heard = max(self._heard, told.at)
        self._gathered.add(told.things, _now())
        self._told.set()
        self._desk.note(self.host, Note(heard=self._heard, heard_at=timezone.now()))

    def _note(self, state: str, error: Message | None = None, *, has_gap: bool = False, reconnects: int = 0) -> None:
        noted = Note(state=state, since=timezone.now(), error=error, has_gap=has_gap, reconnects=reconnects)
        self._desk.note(self.host, noted)


def _now() -> float:
    return asyncio.get_running_loop().time()
