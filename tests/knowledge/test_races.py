"""Of many who do the same at the same moment one does it, and all others are told; on both databases."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from secdash.environment import BASE


def raced(folder, **database):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    seen = {
        **kept,
        **database,
        "SECDASH_DATA": str(folder),
        "SECDASH_SECRET_KEY": "a key that is long enough for tests",
    }
    command = [sys.executable, "-m", "tests.knowledge.racing"]
    done = subprocess.run(command, cwd=BASE, env=seen, capture_output=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def only_one_did(found):
    told = {
        "one key for many": "KeyRefused",
        "many keys for one": "NotDone",
        "begun": "KeyRefused",
        "reverted": "Conflict",
        "removed": "NotDone",
        "restored": "NotDone",
    }
    assert {what: found[what] for what in told} == {what: {"done": 1, name: 5} for what, name in told.items()}
    assert found["on record"] == {"renamed": 2, "removed": 1, "restored": 1}


def test_one_of_many_is_first_on_sqlite(tmp_path):
    only_one_did(raced(tmp_path))


@pytest.mark.services
def test_one_of_many_is_first_on_postgresql(tmp_path, postgres_url):
    only_one_did(raced(tmp_path, DATABASE_URL=postgres_url))
