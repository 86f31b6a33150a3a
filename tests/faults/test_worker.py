"""A worker that is killed, or freezes, at each stage of a scan: the scan ends, once, and says the same as any other."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
import redis

from tests import queueing
from tests.faults.house import House
from tests.faults.kept import Kept, soon
from tests.faults.transactions import impatient, recording

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("faults")]

SCANS = "secdash\x06\x166"  # the list of their priority


@pytest.fixture(scope="module")
def copy(house: House) -> Iterator[House]:
    with house.copy("workers"):
        yield house


@pytest.fixture(scope="module")
def worker(copy: House) -> Iterator[Kept]:
    """How long its transactions may be silent the database says: see `impatient`."""
    with copy.worker(DATABASE_URL=f"{copy.database_url}?options=-c%20jit%3Doff") as kept:
        yield kept


@pytest.fixture(scope="module")
def reference(copy: House, worker: Kept) -> list[tuple[object, ...]]:
    """What a scan finds that nothing disturbs."""
    scan = copy.ask_for_scan(copy.a_host())
    assert soon(lambda: copy.state(scan) == "done"), worker.log.read_text()
    found = copy.findings(scan)
    assert len(found) > 50
    assert {times for *_finding, times in found} == {1}
    return found


def kill_who_scans(worker: Kept) -> None:
    """As the kernel does where memory is short: processes that work, and not the one that gives out work."""
    for pid in worker.children:
        os.kill(pid, signal.SIGKILL)


def test_killed_before_it_could_claim(copy: House, worker: Kept, reference: list[object]) -> None:
    scan = copy.ask_for_scan(copy.a_host(), sends=False)
    with copy.locked("select 1 from scans_scan where id = %s for update", scan):
        copy.send(scan)
        assert soon(copy.who_waits)
        kill_who_scans(worker)
    assert soon(lambda: not copy.who_waits())

    assert copy.state(scan) in ("queued", "running")  # PostgreSQL may carry out what a client asked for that is gone
    copy.time_passes()
    assert copy.comes_to(lambda: copy.state(scan) == "done"), worker.log.read_text()
    assert copy.findings(scan) == reference


@pytest.mark.parametrize("path", ["/version", "/containers/json", "/plugins"])
def test_killed_while_it_reads(copy: House, worker: Kept, reference: list[object], path: str) -> None:
    with copy.engine.held_at(path) as hold:
        scan = copy.ask_for_scan(copy.a_host())
        assert hold.reached.wait(60)
        kill_who_scans(worker)
    assert copy.state(scan) == "running"

    copy.tick()
    copy.time_passes()
    assert copy.comes_to(lambda: copy.state(scan) == "done"), worker.log.read_text()
    assert copy.sql("select attempts from scans_scan where id = %s", scan) == [(2,)]
    assert copy.findings(scan) == reference


@contextmanager
def reading_the_second_of(copy: House, number: int) -> Iterator[list[int]]:
    """A group of so many scans, of which the first has been read, and the second is being read."""
    with copy.engine.held_at("/plugins") as first:
        scans = [copy.ask_for_scan(copy.a_host(), sends=False) for _ in range(number)]
        copy.send_together(scans)
        assert first.reached.wait(60)
        with copy.engine.held_at("/version") as second:
            first.go.set()
            assert second.reached.wait(60)
            yield scans


def test_a_group_is_killed_in_its_middle(copy: House, worker: Kept, reference: list[object]) -> None:
    with reading_the_second_of(copy, 3) as scans:
        kill_who_scans(worker)
    assert [copy.state(scan) for scan in scans] == ["running"] * 3

    copy.time_passes()
    assert copy.comes_to(lambda: {copy.state(scan) for scan in scans} == {"done"}), worker.log.read_text()
    assert [copy.findings(scan) for scan in scans] == [reference] * 3
    assert copy.sql("select distinct attempts from scans_scan where id = any(%s)", scans) == [(2,)]


def test_a_group_whose_second_host_hangs_holds_nothing_up(copy: House, worker: Kept, reference: list[object]) -> None:
    with reading_the_second_of(copy, 3) as scans:
        assert soon(lambda: copy.state(scans[0]) == "done")
    assert soon(lambda: {copy.state(scan) for scan in scans} == {"done"}), worker.log.read_text()
    assert [copy.findings(scan) for scan in scans] == [reference] * 3
    assert copy.sql("select distinct attempts from scans_scan where id = any(%s)", scans) == [(1,)]


def test_hosts_of_a_group_are_deleted_while_it_reads(copy: House, worker: Kept, reference: list[object]) -> None:
    with reading_the_second_of(copy, 4) as scans:
        gone = [host for (host,) in copy.sql("select host_id from scans_scan where id = any(%s)", scans[1:3])]
        for table in ("scans_scan where host_id", "fleet_connection where host_id", "fleet_host where id"):
            copy.sql(f"delete from {table} = any(%s)", gone)  # noqa: S608 - tables that stand above
    assert soon(lambda: (copy.state(scans[0]), copy.state(scans[3])) == ("done", "done")), worker.log.read_text()
    assert [copy.findings(scans[0]), copy.findings(scans[3])] == [reference] * 2


def test_killed_while_it_records(copy: House, worker: Kept, reference: list[object]) -> None:
    with recording(copy) as scan:
        kill_who_scans(worker)
    assert soon(lambda: not copy.who_waits())
    assert copy.findings(scan) == []

    copy.time_passes()
    assert copy.comes_to(lambda: copy.state(scan) == "done"), worker.log.read_text()
    assert copy.findings(scan) == reference


def test_the_database_is_killed_while_it_records(copy: House, worker: Kept, reference: list[object]) -> None:
    """And comes back: the connection of before is dropped, the scan is done again, whole."""
    with suppress(psycopg.OperationalError), recording(copy) as scan:
        copy.postgres.restart()
    assert copy.findings(scan) == []

    copy.time_passes()
    assert copy.comes_to(lambda: copy.state(scan) == "done"), worker.log.read_text()
    assert copy.findings(scan) == reference


def test_the_queue_is_emptied_while_scans_wait(copy: House, worker: Kept, reference: list[object]) -> None:
    copy.redis.restart()
    scan = copy.ask_for_scan(copy.a_host(), sends=False)  # as if its message had been in there
    copy.time_passes()
    assert copy.comes_to(lambda: copy.state(scan) == "done"), worker.log.read_text()
    assert copy.findings(scan) == reference


def test_the_queue_restarts_while_a_scan_is_under_way(copy: House, worker: Kept, reference: list[object]) -> None:
    """What the worker had not acknowledged cannot be given back; it goes on all the same."""
    before = worker.pid
    with copy.engine.held_at("/plugins") as hold:
        scan = copy.ask_for_scan(copy.a_host())
        assert hold.reached.wait(60)
        said = worker.log.read_text()
        copy.redis.kill()
        assert soon(lambda: "Connection to broker lost" in worker.log.read_text().removeprefix(said))
        copy.redis.start()
    assert soon(lambda: copy.state(scan) == "done"), worker.log.read_text()
    assert copy.findings(scan) == reference

    other = copy.ask_for_scan(copy.a_host())
    assert copy.comes_to(lambda: copy.state(other) == "done"), worker.log.read_text()
    assert worker.pid == before


def test_one_that_freezes_while_it_records_holds_nothing_up(copy: House, worker: Kept, reference: list[object]) -> None:
    """Its locks go, the fleet is scanned, and when it wakes it has nothing to say any more."""
    with impatient(copy), recording(copy) as scan:
        [who] = _holding(copy, worker)
        os.kill(who, signal.SIGSTOP)
    try:
        copy.time_passes()
        other = copy.ask_for_scan(copy.a_host())
        assert copy.comes_to(lambda: copy.state(other) == "done"), worker.log.read_text()
        assert copy.comes_to(lambda: copy.state(scan) == "done"), worker.log.read_text()
        assert copy.findings(scan) == reference
    finally:
        said = worker.log.read_text()
        os.kill(who, signal.SIGCONT)

    assert soon(lambda: "OperationalError" in worker.log.read_text().removeprefix(said)), worker.log.read_text()
    assert copy.findings(scan) == reference
    assert copy.sql("select count(*) from scans_scan where state = 'done' and id = %s", scan) == [(1,)]


def _holding(copy: House, worker: Kept) -> set[int]:
    """Processes of the worker that have a connection to the database which waits for a lock."""
    ports = copy.who_waits()
    return {pid for pid in worker.children if ports & _local_ports(pid)}


def _local_ports(pid: int) -> set[int]:
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        target = str(link.readlink())
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(line[1].split(":")[1], 16) for line in lines if line[9] in inodes}


def test_all_killed_after_the_commit_and_before_the_queue_heard(
    copy: House, worker: Kept, reference: list[object]
) -> None:
    """The queue hands the scan out once more; nothing is done twice."""
    with copy.engine.held_at("/plugins") as hold:
        scan = copy.ask_for_scan(copy.a_host())
        assert hold.reached.wait(60)
        with worker.frozen():  # the process that talks to the queue, while the one that scans goes on
            hold.go.set()
            assert soon(lambda: copy.state(scan) == "done")
            worker.kill()
    queue = redis.Redis(port=copy.redis_port)
    assert queue.hlen("unacked") == 1
    worker.start()
    with queueing.broker(copy.redis_url), queueing.app.connection_for_write() as connection:
        channel = connection.default_channel
        for tag in queue.hkeys("unacked"):
            channel.qos.restore_by_tag(tag.decode())  # as a worker does once the time for it is over

    assert soon(lambda: queue.hlen("unacked") == queue.llen(SCANS) == 0), worker.log.read_text()
    assert copy.sql("select state, attempts from scans_scan where id = %s", scan) == [("done", 1)]
    assert copy.findings(scan) == reference


def test_two_beats_and_many_ticks_at_once_ask_for_each_host_once(copy: House, worker: Kept) -> None:
    hosts = [copy.a_host() for _ in range(6)]
    copy.sql("update fleet_host set scan_due_at = now() - interval '1 minute' where id = any(%s)", hosts)

    copy.tick(6)

    done = "select count(*) from scans_scan where host_id = any(%s) and state = 'done'"
    assert soon(lambda: copy.sql(done, hosts) == [(6,)]), worker.log.read_text()
    queue = redis.Redis(port=copy.redis_port)
    assert soon(lambda: queue.llen("secdash") == queue.llen(SCANS) == queue.hlen("unacked") == 0)
    asked = "select count(*), count(distinct host_id) from scans_scan where host_id = any(%s)"
    assert copy.sql(asked, hosts) == [(6, 6)]
    assert copy.sql("select count(*) from fleet_host where scan_due_at < now()") == [(0,)]
    times = "select distinct count(t.id) from findings_finding f join findings_transition t on t.finding_id = f.id"
    assert copy.sql(f"{times} where f.host_id = any(%s) group by f.id", hosts) == [(1,)]


def test_a_poisoned_upload_ends_in_words_at_the_first_try(copy: House, worker: Kept) -> None:
    host = copy.a_host()
    copy.sql("update fleet_connection set kind = 'offline', address = '' where host_id = %s", host)
    copy.sql(
        "insert into scans_upload (host_id, collected_at, received_at, version, content) "
        "values (%s, now(), now(), '', %s)",
        host,
        b"no snapshot at all",
    )
    scan = copy.ask_for_scan(host)

    assert soon(lambda: copy.state(scan) == "failed"), worker.log.read_text()
    [(attempts, error)] = copy.sql("select attempts, error::text from scans_scan where id = %s", scan)
    assert attempts == 1
    assert "stumbled" in error
