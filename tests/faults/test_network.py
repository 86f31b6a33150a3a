"""A worker's network falls silent: no connection is refused or closed, and nothing is said any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.faults.house import House
from tests.faults.kept import Kept, soon
from tests.faults.networks import Network, network
from tests.faults.transactions import impatient, recording

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("faults")]

# Seconds, and milliseconds, of what is half a minute in service.
SHORT = "keepalives_idle=1&keepalives_interval=1&keepalives_count=2&tcp_user_timeout=3000"

WITHIN_TRANSACTIONS = "select 1 from pg_stat_activity where datname = %s and state like 'idle in transaction%%'"


@pytest.fixture(scope="module")
def copy(house: House) -> Iterator[House]:
    with house.copy("silent"):
        yield house


@pytest.fixture(scope="module")
def away(copy: House) -> Iterator[Network]:
    with network({copy.postgres_port: copy.postgres_socket, copy.redis_port: copy.redis_socket}) as found:
        yield found


@pytest.fixture(scope="module")
def worker(copy: House, away: Network) -> Iterator[Kept]:
    url = f"{copy.database_url}?options=-c%20jit%3Doff&{SHORT}"
    with copy.worker(wrapped=away.within, DATABASE_URL=url) as kept:
        yield kept


@contextmanager
def ends_in_an_error(worker: Kept) -> Iterator[None]:
    """What was begun within the block ends in one; the worker waits for it no longer than it may."""
    said = worker.log.read_text()
    yield
    assert soon(lambda: "OperationalError" in worker.log.read_text().removeprefix(said)), worker.log.read_text()


def is_done_again(copy: House, worker: Kept, scan: int) -> None:
    assert copy.state(scan) == "running"
    assert copy.findings(scan) == []

    copy.time_passes()
    assert copy.comes_to(lambda: copy.state(scan) == "done"), worker.log.read_text()
    found = copy.findings(scan)
    assert len(found) > 50
    assert {times for *_finding, times in found} == {1}


def test_what_is_sent_into_silence_ends_and_is_done_again(copy: House, away: Network, worker: Kept) -> None:
    """Before anything of it is recorded: nobody acknowledges what the worker says."""
    with copy.engine.held_at("/plugins") as hold:
        scan = copy.ask_for_scan(copy.a_host())
        assert hold.reached.wait(60)
        with away.cut(copy.postgres_port), ends_in_an_error(worker):
            hold.go.set()

    is_done_again(copy, worker, scan)


def test_an_answer_that_never_comes_is_not_waited_for(copy: House, away: Network, worker: Kept) -> None:
    """In the middle of recording. The server for its part ends the transaction, so that its locks hold nobody up."""
    with ExitStack() as silence:
        with ends_in_an_error(worker), impatient(copy), recording(copy) as scan:
            silence.enter_context(away.cut(copy.postgres_port))
        assert soon(lambda: not copy.sql(WITHIN_TRANSACTIONS, copy.database))

    is_done_again(copy, worker, scan)
