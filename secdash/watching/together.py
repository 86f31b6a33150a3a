"""Doing together what is asked at about the same time: the busier it is, the more is done at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

BUSY = 1.0  # seconds after a batch in which whoever comes will not be the last
T = TypeVar("T")
R = TypeVar("R")


class Together(Generic[T, R]):
    """What is asked while one batch is under way makes the next. Results come in the order of what was asked.

    Others may join for so many seconds: for `pause` where nobody asked for a while, for `busy` where somebody did. A
    batch of few costs nearly what one of many does.
    """

    def __init__(
        self, work: Callable[[list[T]], Awaitable[list[R]]], *, most: int, pause: float, busy: float | None = None
    ) -> None:
        self._work = work
        self._most = most
        self._pause = pause
        self._busy = pause if busy is None else busy
        self._ended = float("-inf")
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._running: asyncio.Task[None] | None = None

    async def ask(self, what: T) -> R:
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((what, answer))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        while self._waiting:
            await asyncio.sleep(self._busy if _now() - self._ended < BUSY else self._pause)
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            await self._answer([(what, answer) for what, answer in batch if not answer.cancelled()])
            self._ended = _now()
        self._running = None

    async def _answer(self, batch: list[tuple[T, asyncio.Future[R]]]) -> None:
        """Where it fails each is tried alone, so that nobody fails with another."""
        try:
            results = await self._work([what for what, _ in batch]) if batch else []
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            if len(batch) > 1:
                for each in batch:
                    await self._answer([each])
            elif not batch[0][1].done():
                batch[0][1].set_exception(error)
            return
        for (_, answer), result in zip(batch, results, strict=True):
            if not answer.done():
                answer.set_result(result)


def _now() -> float:
    return asyncio.get_running_loop().time()
