"""Many at once, or one alone: threads of one interpreter that work beside each other make each other slow.

A thread that asks an Engine does little and waits a lot, and must get the interpreter back after each wait; beside a
thread that judges and writes it gets it late, and takes it from the other at a bad moment. Side by side both took
twice as long as one after the other (decision 0058).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Turns:
    """Whoever goes `alone` has those that go `together` finish first, but waits for slow ones only so many seconds."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._count = 0
        self._none, self._open = asyncio.Event(), asyncio.Event()  # nobody is under way; whoever comes may go
        self._none.set()
        self._open.set()

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        while not self._open.is_set():
            await self._open.wait()
        self._count += 1
        self._none.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._none.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """For one at a time."""
        self._open.clear()
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._none.wait(), self._patience)
            yield
        finally:
            self._open.set()
