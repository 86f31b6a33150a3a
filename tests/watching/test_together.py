"""What is asked at about the same time is done together, and nobody fails with another."""

from __future__ import annotations

import asyncio

import pytest

from secdash.watching.together import Together


def doing(batches, *, fails=(), most=10, busy=None):
    async def work(asked):
        batches.append(list(asked))
        await asyncio.sleep(0)
        if set(asked) & set(fails):
            raise ValueError(str(asked))
        return [-each for each in asked]

    return Together(work, most=most, pause=0, busy=busy)


def answers(together, *asked):
    async def run():
        return await asyncio.gather(*map(together.ask, asked), return_exceptions=True)

    return asyncio.run(run())


def test_what_is_asked_at_once_is_one_batch_and_each_gets_its_own_answer():
    batches = []

    assert answers(doing(batches), 1, 2, 3) == [-1, -2, -3]
    assert batches == [[1, 2, 3]]


def test_more_than_a_batch_holds_makes_another():
    batches = []

    assert answers(doing(batches, most=2), 1, 2, 3) == [-1, -2, -3]
    assert batches == [[1, 2], [3]]


def test_who_comes_shortly_after_others_waits_for_more():
    batches = []
    together = doing(batches, busy=0.5)

    async def run():
        await together.ask(1)
        two = asyncio.create_task(together.ask(2))
        await asyncio.sleep(0.05)
        return [await together.ask(3), await two]

    assert asyncio.run(run()) == [-3, -2]
    assert batches == [[1], [2, 3]]


def test_who_fails_fails_alone():
    one, two, three = answers(doing([], fails=(2,)), 1, 2, 3)

    assert (one, three) == (-1, -3)
    assert isinstance(two, ValueError)


def test_after_a_failure_it_goes_on():
    together = doing([], fails=(1,))

    async def run():
        with pytest.raises(ValueError, match="1"):
            await together.ask(1)
        return await together.ask(2)

    assert asyncio.run(run()) == -2


def test_who_does_not_wait_any_more_holds_nobody_up():
    async def run():
        batches = []
        together = doing(batches)
        gone, stays = (asyncio.create_task(together.ask(each)) for each in (1, 2))
        await asyncio.sleep(0)
        gone.cancel()
        return await stays, batches

    assert asyncio.run(run()) == (-2, [[2]])
