"""One PostgreSQL and one Redis for all tests of faults, which work on copies of the same database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.house import House, furnished
from tests.flows import made_once


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    base = tmp_path_factory.getbasetemp()
    with furnished(made_once.run_folder(base / "any") or base) as found:
        yield found
