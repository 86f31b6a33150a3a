"""What a released version left is restored, brought up to date by the present code, and shows the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from secdash.environment import BASE
from tests.flows import product
from tests.upgrade.figures import KEY

RELEASED = sorted(Path(__file__).parent.glob("*.zip"))


def ran(seen, *words):
    done = subprocess.run([sys.executable, *words], cwd=BASE, env=seen, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_there_is_a_release_to_come_from():
    assert RELEASED


@pytest.mark.timeout(600)
@pytest.mark.parametrize("backup", RELEASED, ids=lambda path: path.stem)
def test_a_released_database_is_brought_up_to_date_and_shows_the_same(backup, tmp_path):
    seen = product.environment(tmp_path, SECDASH_SECRET_KEY=KEY)

    said = ran(seen, "manage.py", "restore", str(backup))
    found = json.loads(ran(seen, "-m", "tests.upgrade.look").splitlines()[-1])

    assert "Restored and compared" in said
    assert "No key" not in said
    assert found["figures"] == json.loads(backup.with_suffix(".json").read_text(encoding="utf-8"))
    assert {url: status for url, status in found["answers"].items() if status != 200} == {}
    assert len(found["answers"]) > 40
    assert "[ ]" not in ran(seen, "manage.py", "showmigrations")
    assert "The log is whole" in ran(seen, "manage.py", "verify_audit")
