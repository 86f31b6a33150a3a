"""Who goes alone has the others finish, but waits for slow ones only so long."""

from __future__ import annotations

import asyncio

from secdash.watching.turns import Turns

LONG = 30.0


async def _alone(turns, said):
    async with turns.alone():
        said.append("alone")


async def _together(turns, said, until=None):
    async with turns.together():
        said.append("begun")
        if until is not None:
            await until.wait()
        said.append("done")


async def _settled():
    for _ in range(5):
        await asyncio.sleep(0)


def test_who_goes_alone_has_the_others_finish_and_nobody_begin():
    async def told():
        turns, said, until = Turns(LONG), [], asyncio.Event()
        first = asyncio.create_task(_together(turns, said, until))
        await _settled()
        alone = asyncio.create_task(_alone(turns, said))
        await _settled()
        late = asyncio.create_task(_together(turns, said))
        await _settled()
        before = list(said)
        until.set()
        await asyncio.gather(first, alone, late)
        return before, said

    before, said = asyncio.run(told())

    assert before == ["begun"]
    assert said == ["begun", "done", "alone", "begun", "done"]


def test_a_slow_one_is_not_waited_for_longer_than_patience():
    async def told():
        turns, said, until = Turns(0.01), [], asyncio.Event()
        slow = asyncio.create_task(_together(turns, said, until))
        await _settled()
        await _alone(turns, said)
        until.set()
        await slow
        return said

    assert asyncio.run(told()) == ["begun", "alone", "done"]


def test_who_is_stopped_holds_nobody_up():
    async def told():
        turns, said, until = Turns(LONG), [], asyncio.Event()
        stopped = asyncio.create_task(_together(turns, said, until))
        await _settled()
        waiting = asyncio.create_task(_alone(turns, said))
        await _settled()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await _together(turns, said)
        stopped.cancel()
        await asyncio.gather(stopped, return_exceptions=True)
        await _alone(turns, said)
        return said

    assert asyncio.run(told()) == ["begun", "begun", "done", "alone"]
