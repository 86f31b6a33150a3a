"""What the tests of the door share."""

from __future__ import annotations

import pytest

from tests.accounts.door import Door


@pytest.fixture
def door(client, db):
    return Door(client)
