"""A Redis that goes away, or is there and says nothing more: workers wait for it, and show that they do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.house import House
from tests.faults.kept import Kept, soon

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("faults")]


@pytest.fixture(scope="module")
def copy(house: House) -> Iterator[House]:
    with house.copy("queue"):
        yield house


@pytest.fixture(scope="module")
def sign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sign") / "sign"


@pytest.fixture(scope="module")
def worker(copy: House, sign: Path) -> Iterator[Kept]:
    with copy.worker("--sign", str(sign)) as kept:
        yield kept


def said_since(worker: Kept, before: str) -> str:
    return worker.log.read_text().removeprefix(before)


def scans(copy: House, worker: Kept) -> None:
    scan = copy.ask_for_scan(copy.a_host())
    assert copy.comes_to(lambda: copy.state(scan) == "done"), worker.log.read_text()


def test_a_worker_without_its_queue_gives_no_sign_of_life_until_it_is_back(
    copy: House, worker: Kept, sign: Path
) -> None:
    pid = worker.pid
    assert soon(sign.exists)

    copy.redis.kill()
    assert soon(lambda: not sign.exists()), worker.log.read_text()
    copy.redis.start()

    assert soon(sign.exists), worker.log.read_text()
    scans(copy, worker)
    assert worker.pid == pid


def test_a_scan_under_way_ends_while_the_queue_is_silent_and_others_follow(copy: House, worker: Kept) -> None:
    pid = worker.pid
    with copy.engine.held_at("/plugins") as hold:
        scan = copy.ask_for_scan(copy.a_host())
        assert hold.reached.wait(60)
        before = worker.log.read_text()
        with copy.redis.frozen():
            hold.go.set()
            assert soon(lambda: copy.state(scan) == "done"), worker.log.read_text()
            assert soon(lambda: "Connection to broker lost" in said_since(worker, before)), worker.log.read_text()

    scans(copy, worker)
    assert worker.pid == pid
