"""Of many who do the same at the same moment one does it, and all others are told; on both databases."""

from __future__ import annotations

import pytest

from tests.raced import on_postgresql, raced

RACING = "tests.knowledge.racing"


def only_one_did(found):
    told = {
        "one key for many": "KeyRefused",
        "many keys for one": "NotDone",
        "begun": "KeyRefused",
        "reverted": "Conflict",
        "removed": "NotDone",
        "restored": "NotDone",
    }
    assert {what: found[what] for what in told} == {what: {"done": 1, name: 5} for what, name in told.items()}
    assert found["on record"] == {"renamed": 2, "removed": 1, "restored": 1}


def test_one_of_many_is_first_on_sqlite(tmp_path):
    only_one_did(raced(RACING, tmp_path))


@pytest.mark.services
def test_one_of_many_is_first_on_postgresql(tmp_path, postgres_url):
    only_one_did(on_postgresql(RACING, tmp_path, postgres_url))
