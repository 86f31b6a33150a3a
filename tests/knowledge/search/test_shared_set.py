"""The same questions to both databases: the right sections first, and the very same list from both."""

from __future__ import annotations

import pytest

from knowledge.search.finding import find
from tests.knowledge.search.databases import serving
from tests.knowledge.search.shared_set import CASES

pytestmark = pytest.mark.xdist_group("search")  # two databases with the whole guide, made once

EVERYTHING = 10_000


def places(query, language, most=EVERYTHING):
    """(language, place) of each section found, in order."""
    found = find(query, language, most=most)
    return [(hit.language, place(hit)) for group in found.groups for hit in group.hits]


def place(hit):
    return f"{hit.key}#{hit.anchor}".removesuffix("#")


@pytest.mark.parametrize(("language", "query", "first"), CASES)
def test_the_right_sections_come_first(guide, language, query, first):
    assert places(query, language, most=len(first))[: len(first)] == [(language, one) for one in first]


@pytest.mark.services
def test_both_databases_give_the_same_sections_in_the_same_order(sqlite_guide, postgres_guide, django_db_blocker):
    answers = []
    for url in (sqlite_guide, postgres_guide):
        with django_db_blocker.unblock(), serving(url):
            answers.append({(language, query): places(query, language) for language, query, _first in CASES})

    assert answers[0] == answers[1]
    assert min(len(found) for found in answers[0].values()) > 0
