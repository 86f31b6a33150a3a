"""One PostgreSQL and one Redis for all tests of faults; each module has a copy of the same database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.house import House, furnished


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    with furnished() as found:
        yield found
