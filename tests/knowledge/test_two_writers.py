"""Two writers press at once, on both databases as they are set up for use: every text is found again."""

from __future__ import annotations

import json
import subprocess
import sys

import psycopg
import pytest

from secdash.environment import BASE
from tests.flows import made_once, product

pytestmark = pytest.mark.timeout(600)
ROUNDS = 100  # with two people, and as many with two tabs of one


def write_at_once(folder, people, **settings):
    settings = {"SECDASH_SECRET_KEY": "a key of the tests, which is long enough to be taken", **settings}
    made_once.prepare(folder, made_once.MIGRATE, **settings)
    seen = {**product.environment(folder, **settings), "DJANGO_SETTINGS_MODULE": "secdash.settings"}
    command = [sys.executable, "-m", "tests.knowledge.two_writers", str(ROUNDS), str(people)]
    done = subprocess.run(command, cwd=BASE, env=seen, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check(answer):
    assert answer["failures"] == []
    assert len(answer["typed"]) == 2 * ROUNDS
    assert set(answer["typed"]) - set(answer["found"]) == set()
    assert "published" in answer["outcomes"]
    assert {"conflict", "kept", "closed"} & set(answer["outcomes"]), "they never met"


@pytest.mark.parametrize("people", [2, 1])
def test_on_sqlite_every_text_is_found_again(tmp_path, people):
    check(write_at_once(tmp_path, people))


@pytest.mark.services
@pytest.mark.parametrize("people", [2, 1])
def test_on_postgresql_every_text_is_found_again(tmp_path, postgres_url, people):
    name = f"writers_{people}"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"drop database if exists {name}")
        server.execute(f"create database {name}")
    check(write_at_once(tmp_path, people, DATABASE_URL=postgres_url.removesuffix("/postgres") + f"/{name}"))
