"""Many who act at the same moment, in a process and on a database of its own that has the tables of secdash."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from secdash.environment import BASE
from tests.flows import made_once, product
from tests.knowledge.search.databases import a_database

KEY = {"SECDASH_SECRET_KEY": "a key that is long enough for tests"}


def raced(module: str, folder: Path, **database: str) -> dict[str, object]:
    """What a module of the tests printed as JSON: on SQLite, unless a DATABASE_URL says otherwise."""
    made_once.prepare(folder, made_once.MIGRATE, **KEY, **database)
    seen = product.environment(folder, **KEY, **database)
    done = subprocess.run(
        [sys.executable, "-m", module], cwd=BASE, env=seen, capture_output=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, object] = json.loads(done.stdout)
    return found


def on_postgresql(module: str, folder: Path, server: str) -> dict[str, object]:
    """The same, in a database of its own of this server: other tests leave their people in theirs."""
    return raced(module, folder, DATABASE_URL=a_database(server, module.replace(".", "_")))
