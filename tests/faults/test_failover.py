"""PostgreSQL fails over: the primary dies, a standby takes its address, first to read only, then as the new primary."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine import services
from tests.faults.house import House
from tests.faults.kept import soon

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("faults")]


@pytest.fixture(scope="module")
def copy(house: House) -> Iterator[House]:
    with house.copy("failing"):
        yield house


@pytest.fixture
def standby(copy: House) -> Iterator[Path]:
    """It takes over the address of the primary, which is dead by then; afterwards the primary is back."""
    place = copy.folder / "standby"
    place.mkdir()
    services._as("root", "chown", copy.user, str(place))
    words = ("-h", "127.0.0.1", "-p", str(copy.postgres_port), "-U", "secdash", "-D", str(place / "data"))
    services._as(copy.user, services.postgres_program("pg_basebackup"), *words, "-R", "-X", "stream", "-c", "fast")
    yield place / "data"
    copy.postgres.start()


def test_what_was_committed_is_there_and_scans_go_on(copy: House, standby: Path) -> None:
    with copy.worker() as worker:
        with copy.engine.held_at("/plugins") as hold:
            scan = copy.ask_for_scan(copy.a_host())
            assert hold.reached.wait(60)
            follower = copy.postgres_at(standby, copy.spare_port)
            assert soon(lambda: copy.on("postgres", "select 1 from pg_stat_replication where state = 'streaming'"))
            other = copy.ask_for_scan(copy.a_host(), sends=False)
            assert soon(lambda: copy.caught_up())
            follower.end(politely=True)
            copy.postgres.kill()
            heir = copy.postgres_at(standby, copy.postgres_port)
        try:
            assert soon(lambda: copy.on("postgres", "select pg_is_in_recovery()") == [(True,)])
            copy.send(other)  # what only reads cannot be claimed on
            assert soon(lambda: "read-only" in worker.log.read_text()), worker.log.read_text()
            services._as(copy.user, services.postgres_program("pg_ctl"), "promote", "-D", str(standby))
            assert soon(lambda: copy.on("postgres", "select pg_is_in_recovery()") == [(False,)])

            copy.time_passes()
            assert copy.comes_to(lambda: copy.state(scan) == copy.state(other) == "done"), worker.log.read_text()
            assert len(copy.findings(scan)) == len(copy.findings(other)) > 50
            assert {times for *_finding, times in copy.findings(scan)} == {1}
        finally:
            heir.end(politely=True)
