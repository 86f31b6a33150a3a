"""One PostgreSQL and one Redis for all tests of faults, which work on copies of the same database."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine import parts
from tests.faults.engines import holding
from tests.faults.house import House
from tests.flows import made_once


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    parts.require_programs("setpriv", "redis-server", "sh")
    base = tmp_path_factory.getbasetemp()
    with tempfile.TemporaryDirectory(prefix="sd-faults-", dir="/tmp") as name, holding() as engine:
        folder = Path(name)
        folder.chmod(0o755)
        found = House(folder, engine)
        with found.ending:
            found.prepare(made_once.run_folder(base / "any") or base)
            yield found
