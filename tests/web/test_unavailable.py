"""What an error page shows again of what was sent: what somebody wrote, and never what opens a door."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from secdash.fleet.connection_forms import UPLOADS, ConnectionForm
from secdash.web.unavailable import WRITTEN, texts_of

LONG = "x" * 200


def sent(name: str, **headers: str) -> list[str]:
    return texts_of(RequestFactory().post("/", {name: LONG}, headers={"sec-fetch-site": "same-origin", **headers}))


@pytest.mark.parametrize("name", ["body", "reason", "note", "answer"])
def test_what_somebody_wrote_is_given_back(name):
    assert sent(name) == [LONG]
    assert sent(name, **{"sec-fetch-site": "cross-site"}) == []


@pytest.mark.parametrize("name", [*UPLOADS, "passphrase", "password1", "csrfmiddlewaretoken", "address"])
def test_what_opens_a_door_never_is(name):
    assert sent(name) == []


def test_no_field_of_a_connection_is_among_what_is_given_back():
    assert not WRITTEN & set(ConnectionForm.base_fields)
