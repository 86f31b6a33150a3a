"""A new version brings its migrations while the old one runs under load."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from secdash.environment import BASE
from tests.faults.house import House
from tests.faults.kept import Kept, soon
from tests.faults.saving import TEXT, edited, token

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("faults")]

BUSY = 6  # hosts that are scanned again and again
PAGES = ("/", "/hosts/", "/health/ready")
NEXT = "tests.faults.next_release.settings"


@pytest.fixture
def copy(house: House) -> Iterator[House]:
    with house.copy("deployed"):
        house.sql("update fleet_host set scan_due_at = null")
        yield house


def migrate(copy: House) -> str:
    """As the deployment of the next version does it."""
    seen = copy.seen(DJANGO_SETTINGS_MODULE=NEXT)
    command = [sys.executable, "manage.py", "migrate", "--no-input"]
    done = subprocess.run(command, cwd=BASE, env=seen, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def looked_at(web: Kept) -> Iterator[list[int]]:
    """People look at pages all the while; what they were answered."""
    came: list[int] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            came.extend(web.session.get(f"{web.url}{page}", timeout=60).status_code for page in PAGES)
            ended.wait(0.5)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield came
    finally:
        ended.set()
        looking.join(60)


def asked_for_by_beat(copy: House, hosts: list[int]) -> list[int]:
    """The old version makes these rows itself, and knows nothing of the new columns."""
    [(last,)] = copy.sql("select max(id) from scans_scan")
    copy.sql("update fleet_host set scan_due_at = now() - interval '1 minute' where id = any(%s)", hosts)
    asked = "select id from scans_scan where id > %s and host_id = any(%s) order by id"
    assert copy.comes_to(lambda: len(copy.sql(asked, last, hosts)) == len(hosts))
    return [scan for (scan,) in copy.sql(asked, last, hosts)]


def test_the_old_version_goes_on_while_and_after_the_next_one_migrates(copy: House) -> None:
    hosts = [copy.a_host() for _ in range(BUSY)]
    with copy.worker() as worker, copy.web() as web:
        token(web)
        scans = [copy.ask_for_scan(host) for host in hosts]
        with looked_at(web) as came:
            assert soon(lambda: {copy.state(scan) for scan in scans} == {"done"}), worker.log.read_text()
            with copy.engine.held_at("/plugins") as hold:
                under_way = copy.ask_for_scan(copy.a_host())
                assert hold.reached.wait(60)
                said = migrate(copy)
            scans = asked_for_by_beat(copy, [*hosts, copy.a_host()])
            assert soon(lambda: {copy.state(scan) for scan in [*scans, under_way]} == {"done"}), worker.log.read_text()
            before = len(came)
            assert soon(lambda: len(came) > before + 3)
        saved = edited(web, TEXT)

    assert "9999_of_the_next_release... OK" in said
    assert copy.sql("select distinct weighed, noted from scans_scan where id = any(%s)", scans) == [(0, None)]
    assert set(came) == {200}
    assert saved.ok
    found = [copy.findings(scan) for scan in [*scans, under_way]]
    assert min(map(len, found)) > 50
    assert {times for each in found for *_finding, times in each} == {1}
