"""A fleet that its workers cannot serve: intervals grow, queues do not. And hosts that hang, at any stage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import redis

from tests.engine.recordings import recorded
from tests.faults.engines import HoldingEngine, holding
from tests.faults.house import HOSTS, House
from tests.faults.kept import Kept, soon

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("faults")]

SCANS = "secdash\x06\x166"  # the list of their priority
ID = recorded("docker/inspect_c01_default.json")["Id"]
QUESTIONS = (
    "/version", "/info", "/containers/json", f"/containers/{ID}/json", "/images/json", "/networks", "/volumes",
    "/plugins",
)  # fmt: skip
ENDS = [*["failed"] * (len(QUESTIONS) - 1), "done"]  # with all but the last answer there is enough to judge
DONE = "select count(*) from scans_scan where state = 'done'"


@pytest.fixture
def copy(house: House) -> Iterator[House]:
    """Of each test: the one is about what nobody has scanned yet, the other leaves hosts behind that do not answer."""
    with house.copy("pressed"):
        yield house


@pytest.fixture
def worker(copy: House) -> Iterator[Kept]:
    """With a process for each that hangs, and one more."""
    copy.sql("update fleet_host set scan_due_at = null")
    with copy.worker(number=len(QUESTIONS) + 1, SECDASH_SCAN_SECONDS="10") as kept:
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


@pytest.fixture
def scanned(copy: House, worker: Kept) -> Iterator[list[tuple[int, HoldingEngine]]]:
    """A host for each question, with an Engine of its own; each was scanned once."""
    with ExitStack() as running:
        hosts = [(copy.a_host(), running.enter_context(holding())) for _ in QUESTIONS]
        for host, engine in hosts:
            address = engine.url.removeprefix("unix://")
            copy.sql("update fleet_connection set address = %s where host_id = %s", address, host)
        scans = [copy.ask_for_scan(host) for host, _engine in hosts]
        assert soon(lambda: {copy.state(scan) for scan in scans} == {"done"}), worker.log.read_text()
        yield hosts


def test_a_host_that_hangs_at_any_stage_ends_in_words_and_changes_nothing(
    copy: House, worker: Kept, scanned: list[tuple[int, HoldingEngine]]
) -> None:
    """At its limit, which is ten seconds here; all at once, so that they hang together, and another is scanned."""
    with ExitStack() as held:
        holds = [held.enter_context(engine.held_at(path)) for path, (_, engine) in zip(QUESTIONS, scanned, strict=True)]
        scans = [copy.ask_for_scan(host) for host, _engine in scanned]
        before = [copy.findings(scan) for scan in scans]
        assert soon(lambda: all(hold.reached.is_set() for hold in holds)), worker.log.read_text()
        other = copy.ask_for_scan(copy.a_host())
        assert soon(lambda: copy.state(other) == "done"), worker.log.read_text()
        assert soon(lambda: [copy.state(scan) for scan in scans] == ENDS), worker.log.read_text()

    assert min(map(len, before)) > 50
    assert [copy.findings(scan) for scan in scans] == before
    columns = "state, attempts, lease_until, error->>'text'"
    ended = copy.sql(f"select {columns} from scans_scan where id = any(%s) order by id", scans)  # noqa: S608 - names that stand above
    assert {(attempts, lease) for _, attempts, lease, _ in ended} == {(1, None)}  # by itself: nobody had to end it
    errors = [error for state, *_, error in ended if state == "failed"]
    assert all("took too long" in error or "did not answer within" in error for error in errors), errors
    states = copy.sql("select state from fleet_host where id = any(%s) order by id", [host for host, _ in scanned])
    assert states == [("unreachable" if end == "failed" else "reachable",) for end in ENDS]
