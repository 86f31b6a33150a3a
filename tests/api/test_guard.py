"""How often a token may ask, what is refused, and how that is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from secdash.api.rest.guard import spend
from secdash.api.rest.problems import Problem
from tests.api.world import a_program, a_token

pytestmark = pytest.mark.django_db
MINUTE = datetime(2026, 11, 27, 12, 0, 20, tzinfo=UTC)


def test_a_token_asks_so_often_and_no_more(settings):
    settings.API_RATE = 2
    token, _secret = a_token()
    other, _secret = a_token()
    spend(token, at=MINUTE)
    spend(token, at=MINUTE)

    with pytest.raises(Problem) as refused:
        spend(token, at=MINUTE)
    spend(other, at=MINUTE)
    spend(token, at=MINUTE + timedelta(minutes=1))

    assert (refused.value.kind.status, refused.value.headers) == (429, {"Retry-After": "40"})


def test_too_many_requests_are_answered_as_such(settings):
    settings.API_RATE = 1
    program = a_program()
    program.ask("token")

    answer = program.ask("token")

    # Where the minute turned in between, the second is the first of the next, and the third is too many.
    answer = program.ask("token") if answer.status_code == 200 else answer
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 60


def test_a_parameter_that_does_not_exist_is_named():
    answer = a_program().ask("findings", severty="high", limit="0", severity="urgent")

    assert answer.status_code == 422
    assert [each["at"] for each in answer.json()["errors"]] == ["query/severty"]


def test_a_value_that_does_not_exist_is_named():
    program = a_program()

    values, numbers = program.ask("findings", severity="urgent", within="x"), program.ask("hosts", limit="0")

    assert [each["at"] for each in values.json()["errors"]] == ["query/severity", "query/within"]
    assert [each["at"] for each in numbers.json()["errors"]] == ["query/limit"]


def test_a_problem_says_its_kind_in_the_language_asked_for():
    answer = a_program().get("/api/v1/hosts/none", headers={"Accept-Language": "fr"})

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer["Content-Language"] == "fr"
    assert answer.json()["type"].endswith("/api/v1/#problem-not-found")


def test_a_secret_that_is_sent_is_not_said_back():
    answer = a_program("administrator").send("hosts", {"name": "x", "address": "/x", "key": "PRIVATE KEY"})

    assert answer.status_code == 422
    assert "PRIVATE" not in answer.text


def test_what_cannot_be_done_is_a_problem_too():
    program = a_program()

    method, address = program.delete("/api/v1/findings"), program.get("/api/v1/nowhere")

    assert (method.status_code, method["Allow"], method["Content-Type"]) == (405, "GET", "application/problem+json")
    assert (address.status_code, address["Content-Type"]) == (404, "application/problem+json")


def test_each_request_has_a_number_of_ours_or_of_our_proxys(settings):
    program = a_program()

    ours = program.get("/api/v1/token", headers={"X-Request-Id": "build-7"})["X-Request-Id"]
    settings.BEHIND_PROXY = True
    theirs = program.get("/api/v1/none", headers={"X-Request-Id": "build-7"})
    page = program.get("/health/live", headers={"X-Request-Id": "build-8"})
    evil = program.get("/api/v1/token", headers={"X-Request-Id": "a b"})["X-Request-Id"]

    assert len(ours) == 32
    assert (theirs["X-Request-Id"], theirs.json()["title"] != "") == ("build-7", True)
    assert page["X-Request-Id"] == "build-8"
    assert evil != "a b"


def test_what_is_known_is_not_sent_again():
    program = a_program()
    first = program.ask("checks")

    again = program.get("/api/v1/checks", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
