"""At once: one administrator stays, one guest comes in, and no more passwords are looked at than one by one."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import psycopg
import pytest

from secdash.environment import BASE


def raced(folder, **database):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    key = {"SECDASH_DATA": str(folder), "SECDASH_SECRET_KEY": "a key that is long enough for tests"}
    command = [sys.executable, "-m", "tests.accounts.racing"]
    done = subprocess.run(
        command, cwd=BASE, env={**kept, **key, **database}, capture_output=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.mark.services
def test_at_the_same_moment_on_postgresql(tmp_path, postgres_url):
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("drop database if exists people")
        server.execute("create database people")

    found = raced(tmp_path, DATABASE_URL=postgres_url.removesuffix("/postgres") + "/people")

    assert found == {"administrators": 1, "guests": 1, "looked at": True, "kept": True}
