"""The disk of the database is full: what must grow is refused, what stands is read; with room everything goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.engine import parts
from tests.faults.house import House
from tests.faults.kept import soon
from tests.faults.saving import OWN, TEXT, edited

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("faults")]

SIZE = "64m"


@pytest.fixture
def disk(house: House) -> Iterator[Path]:
    """A small one, on which the tablespace `small` is."""
    parts.require(os.geteuid() == 0, "a disk of one's own needs root")
    place = house.folder / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)], check=True)
    try:
        (place / "data").mkdir()
        shutil.chown(place / "data", house.user)
        house.on("postgres", f"create tablespace small location '{place / 'data'}'")
        yield place
        house.on("postgres", "drop tablespace small")
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def copy(house: House, disk: Path) -> Iterator[House]:
    with house.copy("crammed", "tablespace small"):
        yield house


@contextmanager
def full(disk: Path) -> Iterator[None]:
    ballast = disk / "ballast"
    _take_all_room(ballast)
    try:
        yield
    finally:
        ballast.unlink()


def _take_all_room(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as out, suppress(OSError):
        while True:
            out.write(bytes(4096))


def test_nothing_is_half_written_while_it_is_full_and_with_room_everything_goes_on(copy: House, disk: Path) -> None:
    with copy.worker() as worker, copy.web() as web:
        assert web.session.get(f"{web.url}/hosts/", timeout=60).ok
        scan = copy.ask_for_scan(copy.a_host(), sends=False)
        with full(disk):
            copy.send(scan)
            assert soon(lambda: "No space left on device" in worker.log.read_text()), worker.log.read_text()
            saved = edited(web, TEXT, **OWN)
            read = web.session.get(f"{web.url}/hosts/", timeout=60)
            assert copy.state(scan) in ("queued", "running")
            assert copy.findings(scan) == []
        assert saved.status_code == 503
        assert "The database does not answer" in saved.text
        assert "took an hour to find" in saved.text
        assert read.status_code == 200

        copy.time_passes()
        assert copy.comes_to(lambda: copy.state(scan) == "done"), worker.log.read_text()
        found = copy.findings(scan)
        assert len(found) > 50
        assert {times for *_finding, times in found} == {1}
        assert edited(web, TEXT, **OWN).ok
        assert copy.sql("select count(*) from knowledge_proposal where body like '%took an hour to find%'") == [(1,)]
