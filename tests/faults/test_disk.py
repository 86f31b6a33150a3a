"""The disk of the database is full: nothing is half written, and with room again the scan is done, once."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from secdash.environment import BASE
from tests.engine import parts
from tests.flows import product

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("faults")]

# A disk of its own, which only this process sees, and which is gone with it.
SMALL = 'mount -t tmpfs -o size="$1" none "$2" && cp -r "$3"/. "$2" && shift 3 && exec "$@"'


def test_a_full_disk_leaves_nothing_half_written_and_scans_go_on_with_room_again(tmp_path):
    parts.require_programs("unshare", "mount")
    parts.require(os.geteuid() == 0, "mounting a small disk needs root")
    made, disk = tmp_path / "made", tmp_path / "disk"
    made.mkdir()
    disk.mkdir()
    product.prepare(made, *product.SAME_FOR_ALL[:1])
    size = sum(file.stat().st_size for file in made.rglob("*") if file.is_file()) + 12 * 2**20
    run = [sys.executable, "-m", "tests.faults.world", "full", str(disk)]

    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", SMALL, "sh", str(size), str(disk), str(made), *run],
        cwd=BASE,
        env=product.environment(disk),
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["raised"] == "OperationalError"
    assert (told["found"], told["state"] in ("queued", "running")) == (0, True)
    assert told["page"] == [503, "The database does not answer"]
    assert (told["state_then"], told["seen"]) == ("done", [1])
    assert told["found_then"] > 50
    assert told["whole"] == "ok"
