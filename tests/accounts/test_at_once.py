"""At once: one administrator stays, one guest comes in, and no more passwords are looked at than one by one."""

from __future__ import annotations

import pytest

from tests.raced import on_postgresql


@pytest.mark.services
def test_at_the_same_moment_on_postgresql(tmp_path, postgres_url):
    found = on_postgresql("tests.accounts.racing", tmp_path, postgres_url)

    assert found == {"administrators": 1, "guests": 1, "looked at": True, "kept": True}
