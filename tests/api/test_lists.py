"""Pages of a list, while others write to it."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from secdash.findings.models import Finding
from secdash.posture.filters import Filters
from tests.api.world import a_program
from tests.cast import a_member
from tests.fleet.hosts import a_host
from tests.posture.world import a_fleet, named, scan_of

pytestmark = pytest.mark.django_db
QUERIES = (
    "severity=critical&severity=high",
    "host!=fleet-0",
    "check=privileged-container",
    "state=all",
    "q=app-1",
)


def walked(program, path, **query):
    """All pages, one by one."""
    cursor, pages = None, []
    while cursor or not pages:
        answer = program.ask(path, **query, **({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.content
        pages.append([each["id"] for each in answer.json()["items"]])
        cursor = answer.json()["next"]
    return pages


@pytest.mark.parametrize("sort", ["worst", "newest", "oldest"])
def test_pages_hold_every_finding_once_and_in_order(sort):
    a_fleet(2, 3)
    program = a_program()
    whole = [each["id"] for each in program.ask("findings", sort=sort, limit=200).json()["items"]]

    pages = walked(program, "findings", sort=sort, limit=7)

    assert [each for page in pages for each in page] == whole
    assert len(whole) == Finding.objects.open().count() == len(set(whole))
    assert {len(page) for page in pages[:-1]} == {7}


def test_what_comes_in_between_moves_nothing():
    a_fleet(1, 3)
    program = a_program()
    first = program.ask("findings", sort="newest", limit=2).json()
    before = [each["id"] for each in program.ask("findings", sort="newest", limit=200).json()["items"]]

    scan_of(a_host("late"), named("app", memory=0))
    rest = program.ask("findings", sort="newest", limit=200, cursor=first["next"]).json()

    assert [each["id"] for each in first["items"] + rest["items"]] == before


def test_a_cursor_is_of_one_list():
    a_fleet(1, 3)
    program = a_program()
    cursor = program.ask("findings", limit=2).json()["next"]

    answers = [
        program.ask("findings", limit=2, cursor=cursor, severity="high"),
        program.ask("scans", cursor=cursor),
        program.ask("findings", cursor=cursor[:-1] + ("A" if cursor[-1] != "A" else "B")),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]


def test_filters_mean_what_they_mean_on_the_page():
    a_fleet(2, 2)
    program = a_program()
    for query in QUERIES:
        filters = Filters.of(QueryDict(query))
        wanted = filters.among(Finding.objects.all(), a_member())
        wanted = wanted if filters.state == "all" else wanted.filter(state=filters.state)

        items = program.get(f"/api/v1/findings?{query}&limit=200").json()["items"]

        assert {each["id"] for each in items} == set(wanted.values_list("pk", flat=True)), query
