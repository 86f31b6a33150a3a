"""However many ticks and workers act at the same moment, each thing is said once; on both databases."""

from __future__ import annotations

import pytest

from tests.raced import on_postgresql, raced

RACING = "tests.messaging.racing"
ONCE = {"told": 4, "pending": 4, "deliveries": 3, "notices": 1, "left": 0, "claimed": 1, "inboxes": 1}


def test_each_thing_is_said_once_on_sqlite(tmp_path):
    assert raced(RACING, tmp_path) == ONCE


@pytest.mark.services
def test_each_thing_is_said_once_on_postgresql(tmp_path, postgres_url):
    assert on_postgresql(RACING, tmp_path, postgres_url) == ONCE
