"""Real beats: two of them at once, one that is killed again and again, and one whose clock jumps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.clocks import Clock
from tests.faults.house import House
from tests.faults.kept import Kept, soon

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("faults")]

ASKS = "Sending due task claim-due"
OF_HOSTS = "select host_id, count(*) from scans_scan where host_id = any(%s) and state = any(%s) group by 1 order by 1"
LATER = "select count(*) from fleet_host where scan_due_at > now() + %s::interval"
NEWEST = "select id from scans_scan where host_id = %s order by created_at desc, id desc limit 1"
SAID = """select distinct count(t.id) from findings_finding f join findings_transition t on t.finding_id = f.id
    where f.host_id = any(%s) group by f.id"""


@pytest.fixture
def copy(house: House) -> Iterator[House]:
    with house.copy("beats"):
        house.sql("update fleet_host set scan_due_at = null")
        yield house


def some_hosts(copy: House, number: int = 4) -> list[int]:
    return [copy.a_host() for _ in range(number)]


def are_due(copy: House, hosts: list[int]) -> None:
    copy.sql("update fleet_host set scan_due_at = now() - interval '1 second' where id = any(%s)", hosts)


def scans_of(copy: House, hosts: list[int], *states: str) -> list[int]:
    """How many scans each of them has, in any of these states, or in whatever state."""
    anything = states or ("queued", "running", "done", "failed")
    return [number for _host, number in copy.sql(OF_HOSTS, hosts, list(anything))]


def asked(beat: Kept) -> int:
    return beat.log.read_text(errors="replace").count(ASKS)


@contextmanager
def all_ask(*beats: Kept) -> Iterator[None]:
    """After what is done within the block."""
    yield
    before = [asked(beat) for beat in beats]
    assert soon(lambda: all(asked(beat) > had for beat, had in zip(beats, before, strict=True)))


def each_is_scanned(copy: House, hosts: list[int], times: int) -> None:
    """So often altogether, and no oftener."""
    assert soon(lambda: scans_of(copy, hosts, "done") == [times] * len(hosts)), scans_of(copy, hosts)
    assert scans_of(copy, hosts) == [times] * len(hosts)
    assert copy.sql(SAID, hosts) == [(1,)]  # no finding is told twice


def test_two_beats_at_once_have_each_host_scanned_once_each_time_it_is_due(copy: House) -> None:
    """One by itself, as in production, and one within a worker, as on a laptop."""
    hosts = some_hosts(copy)
    within = ("--beat", "--schedule", str(copy.folder / "within-schedule"))
    with copy.beat() as beat, copy.worker(*within) as worker:
        for times in (1, 2):
            with all_ask(beat, worker):
                are_due(copy, hosts)
            each_is_scanned(copy, hosts, times)


def test_a_beat_that_is_killed_is_told_of_and_the_next_one_doubles_nothing(copy: House) -> None:
    hosts = some_hosts(copy)
    with copy.web() as web, copy.worker() as worker, copy.beat() as beat:

        def overview() -> str:
            return web.session.get(f"{web.url}/", timeout=60).text

        with all_ask(beat):
            are_due(copy, hosts)
        beat.kill()  # as it has asked
        each_is_scanned(copy, hosts, 1)

        are_due(copy, hosts)
        copy.sql("update scans_tick set at = at - interval '5 minutes'")
        page = overview()
        assert "No host is scanned" in page
        assert "Start beat" in page
        assert scans_of(copy, hosts) == [1] * len(hosts)  # nobody asks

        beat.start()
        each_is_scanned(copy, hosts, 2)
        assert "No host is scanned" not in overview(), worker.log.read_text()


def test_a_clock_that_jumps_forward_and_back_under_beat_and_worker_costs_no_scan_and_doubles_none(
    copy: House, tmp_path: Path
) -> None:
    """By two hours, with a scan under way as it goes back."""
    clock = Clock(tmp_path / "clock")
    hosts = some_hosts(copy)
    copy.sql("update fleet_host set scan_due_at = now() + interval '30 minutes' where id = any(%s)", hosts)
    with copy.beat(clock=clock) as beat, copy.worker(clock=clock) as worker:
        with all_ask(beat):
            assert scans_of(copy, hosts) == []

        clock.put("+2h")
        each_is_scanned(copy, hosts, 1)
        assert copy.sql(LATER, "2 hours") == [(len(hosts),)]

        with copy.engine.held_at("/plugins") as hold:
            scan = copy.ask_for_scan(copy.a_host())
            assert hold.reached.wait(60)
            with all_ask(beat):
                clock.put("+0")
            assert "the clock was put back by" in beat.log.read_text()
        assert soon(lambda: copy.state(scan) == "done"), worker.log.read_text()
        found = copy.findings(scan)
        assert len(found) > 50
        assert {times for *_finding, times in found} == {1}

        assert soon(lambda: copy.sql(LATER, "61 minutes") == [(0,)]), worker.log.read_text()
        assert scans_of(copy, hosts) == [1] * len(hosts)
        again = copy.ask_for_scan(hosts[0])
        assert soon(lambda: copy.state(again) == "done"), worker.log.read_text()
        assert copy.sql(NEWEST, hosts[0]) == [(again,)]  # not the one from the time that is to come
        assert copy.sql(SAID, hosts) == [(1,)]
