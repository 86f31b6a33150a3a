"""A fleet that its workers cannot serve: intervals grow, queues do not. And hosts that hang, at any stage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import redis

from tests.faults.engines import holding
from tests.faults.house import HOSTS, House
from tests.faults.kept import Kept, soon

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("faults")]

SCANS = "secdash\x06\x166"  # the list of their priority
STAGES = ("/version", "/info", "/containers/json", "/images/json", "/networks", "/volumes")
DONE = "select count(*) from scans_scan where state = 'done'"


@pytest.fixture
def copy(house: House) -> Iterator[House]:
    """Of each test: the one is about what nobody has scanned yet, the other leaves hosts behind that do not answer."""
    with house.copy("pressed"):
        yield house


@pytest.fixture
def worker(copy: House) -> Iterator[Kept]:
    with copy.worker(number=len(STAGES), SECDASH_SCAN_SECONDS="10") as kept:
        yield kept


def test_queues_stay_bounded_while_nobody_has_time_and_then_every_host_has_its_turn_once(copy: House) -> None:
    """Ten ticks, ten minutes apart, at each of which every host is due, and no scan gets done."""
    lengths = copy.world("ticks", "10")

    assert max(lengths) <= 2 * HOSTS, lengths
    assert copy.sql("select count(*) from scans_scan") == [(HOSTS,)]

    queue = redis.Redis(port=copy.redis_port)
    with copy.worker() as kept:
        assert soon(lambda: copy.sql(DONE) == [(HOSTS,)]), kept.log.read_text()
        assert soon(lambda: queue.llen(SCANS) == 0)
    assert copy.sql("select max(attempts) from scans_scan") == [(1,)]


def test_a_host_that_hangs_at_any_stage_ends_in_words_and_changes_nothing(copy: House, worker: Kept) -> None:
    """At its limit, which is ten seconds here; all at once, so that they hang together."""
    copy.sql("update fleet_host set scan_due_at = null")
    scans = []
    with ExitStack() as held:
        for path in STAGES:
            host = copy.a_host()
            engine = held.enter_context(holding())
            held.enter_context(engine.held_at(path))
            copy.sql(
                "update fleet_connection set address = %s where host_id = %s", engine.url.removeprefix("unix://"), host
            )
            scans.append(copy.ask_for_scan(host))
        before = [copy.findings(scan) for scan in scans]
        assert soon(lambda: [copy.state(scan) for scan in scans] == ["failed"] * len(scans)), worker.log.read_text()

    assert [copy.findings(scan) for scan in scans] == before
    errors = copy.sql("select error->>'text' from scans_scan where id = any(%s)", scans)
    assert all("took too long" in error or "answer" in error for (error,) in errors), errors
