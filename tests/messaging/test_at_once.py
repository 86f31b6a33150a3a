"""However many ticks and workers act at the same moment, each thing is said once; on both databases."""

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
    command = [sys.executable, "-m", "tests.messaging.racing"]
    done = subprocess.run(
        command, cwd=BASE, env={**kept, **key, **database}, capture_output=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


ONCE = {"told": 4, "pending": 4, "deliveries": 3, "notices": 1, "left": 0, "claimed": 1, "inboxes": 1}


def test_each_thing_is_said_once_on_sqlite(tmp_path):
    assert raced(tmp_path) == ONCE


def a_database(url):
    """Of its own: other tests race in the one that is there, and leave their people in it."""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("drop database if exists messages")
        server.execute("create database messages")
    return url.removesuffix("/postgres") + "/messages"


@pytest.mark.services
def test_each_thing_is_said_once_on_postgresql(tmp_path, postgres_url):
    assert raced(tmp_path, DATABASE_URL=a_database(postgres_url)) == ONCE
