"""A machine whose clock is put forward by a day and back by an hour: beat goes on, and asks for nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.engine import parts
from tests.faults.house import House
from tests.faults.kept import Kept, soon

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("faults")]

TICKS = "secdash"


@pytest.fixture(scope="module")
def copy(house: House) -> Iterator[House]:
    with house.copy("clocks"):
        yield house


@pytest.fixture
def clock(copy: House) -> Path:
    """The file that says by how many seconds the clock of a process is wrong."""
    file = copy.folder / "clock"
    file.write_text("+0")
    return file


@pytest.fixture
def beat(copy: House, clock: Path) -> Iterator[Kept]:
    parts.require_programs("faketime")
    [library] = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    faked = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    words = ("celery", "-A", "secdash", "beat", "--schedule", str(copy.folder / "schedule"), "--loglevel", "INFO")
    with copy.running("beat", *words, **faked) as kept:
        yield kept


def test_beat_goes_on_whichever_way_the_clock_jumps_and_stops_where_nobody_listens(
    copy: House, clock: Path, beat: Kept
) -> None:
    queue = redis.Redis(port=copy.redis_port)
    assert soon(lambda: queue.llen(TICKS)), beat.log.read_text()

    for jump in ("+86400", "-3600"):
        clock.write_text(jump)
        queue.delete(TICKS)
        assert soon(lambda: queue.llen(TICKS), within=40), beat.log.read_text()
    assert "the clock was put back" in beat.log.read_text()
    assert queue.llen(TICKS) < 10  # each thing once, however much time seems to have passed

    queue.rpush(TICKS, *["{}"] * 200)  # as many as nobody took in minutes
    assert soon(lambda: "nobody takes what waits" in beat.log.read_text(), within=40), beat.log.read_text()
    assert queue.llen(TICKS) < 220
