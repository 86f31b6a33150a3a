"""Looks as a watcher has them made: what it remembers of a host spares a question, and is never taken for the truth."""

from __future__ import annotations

import asyncio
import queue
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from secdash.facts.thing import Thing
from secdash.findings.models import Finding
from secdash.fleet.models import Connection
from secdash.scans.glances import Came
from secdash.scans.models import Scan
from secdash.watching import looking
from secdash.watching.looking import Looks
from secdash.watching.pace import Pace
from tests.engine.replaying_server import replaying
from tests.scans import test_glances
from tests.scans.test_glances import another, change, scan

pytestmark = pytest.mark.django_db

engine, host = test_glances.engine, test_glances.host


class Here(Executor):
    """The thread of the test, which alone sees what its transaction wrote: it does what others ask for."""

    asked: queue.SimpleQueue = queue.SimpleQueue()

    def __init__(self, *_of_threads):
        pass

    def submit(self, work, /, *args, **named):
        done = Future()
        self.asked.put(lambda: _settle(done, partial(work, *args, **named)))
        return done

    def shutdown(self, **_options):
        pass


def _settle(done, work):
    try:
        done.set_result(work())
    except Exception as error:  # noqa: BLE001 - whoever asked is told
        done.set_exception(error)


@pytest.fixture(autouse=True)
def in_one_thread(monkeypatch):
    monkeypatch.setattr(looking, "ThreadPoolExecutor", Here)
    monkeypatch.setattr(looking, "close_old_connections", lambda: None)  # that of the test is in its transaction


def look(host, *steps):
    """What came of looks by one process: each step is done before one, and says at which container to look."""

    async def all_of_them():
        loop = asyncio.get_running_loop()
        async with Looks(Pace(together=0.0, crowd=0.0, patience=0.0)) as looks:
            came = []
            for step in steps:
                thing = Thing("container", await loop.run_in_executor(Here(), step))
                came.append(await looks.look(host.pk, {thing}))
            return came

    with ThreadPoolExecutor(1) as another_thread:
        came = another_thread.submit(asyncio.run, all_of_them())
        came.add_done_callback(lambda _: Here.asked.put(None))
        while (work := Here.asked.get()) is not None:
            work()
    return came.result()


def limited(engine, id_, memory):
    change(engine, id_, Memory=memory)
    return id_


def open_limits(name):
    return Finding.objects.open().filter(check_name="no-memory-limit", subject_key=name).count()


def test_a_look_that_goes_by_memory_asks_less(engine, host):
    asked = []

    def counted(name):
        asked.append(len(queries))
        return another(engine, name)

    with CaptureQueriesContext(connection) as queries:
        came = look(host, *(partial(counted, name) for name in ("first", "second", "third")))
        asked.append(len(queries))

    first, second, third = (after - before for before, after in pairwise(asked))
    assert came == [Came.RECORDED] * 3
    assert second < first
    assert third == second


def test_what_a_scan_saw_in_between_is_not_overlooked(engine, host):
    """It is again what this process remembers: another than what the newest scan knows."""
    id_ = another(engine, Memory=0)

    def scanned_otherwise():
        limited(engine, id_, 64 * 2**20)
        scan(host)
        return limited(engine, id_, 0)

    came = look(host, lambda: id_, scanned_otherwise)

    assert came == [Came.RECORDED, Came.RECORDED]
    assert open_limits("newcomer") == 1
    assert Scan.objects.filter(state="done").newest_first()[0].trigger == Scan.Trigger.LIVE


def test_what_a_scan_saw_in_between_is_continued(engine, host):
    def scanned():
        another(engine, "seen by a scan")
        scan(host)
        return another(engine, "seen by a look")

    assert look(host, lambda: another(engine), scanned) == [Came.RECORDED, Came.RECORDED]
    assert Finding.objects.filter(subject_key="seen by a look").exists()
    assert Scan.objects.filter(state="done").newest_first()[0].containers == 5


def test_an_engine_that_moved_is_asked_where_it_is(engine, host):
    """What the old one says is not written, though it would still answer."""
    with replaying(engine.routes) as moved:

        def moves():
            Connection.objects.update(address=moved.url.removeprefix("unix://"))
            another(engine, "stranger")
            return another(moved, "its own")

        came = look(host, lambda: another(engine), moves)

    assert came[0] is Came.RECORDED
    assert not Finding.objects.filter(subject_key="stranger").exists()
