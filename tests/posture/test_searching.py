"""What the search box finds, and for whom."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape
from django.utils.translation import override

from secdash.accounts.roles import Role
from secdash.posture.searching import BOX, PAGE, checks_with, search
from tests.cast import a_member, signed_in
from tests.fleet.hosts import a_host
from tests.posture.world import a_fleet, named, scan_of

pytestmark = pytest.mark.django_db
HOSTILE = '<img src=x onerror="alert(1)">'


def suggestions(text, role=Role.VIEWER):
    response = signed_in(role).get("/search/suggest/", {"q": text})
    assert response.status_code == 200
    return response.content.decode()


def names(text, language="en"):
    with override(language):
        return [check.name for check in checks_with(text)]


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("no-memory-limit", "en", "no-memory-limit"),
        ("memory limit", "en", "no-memory-limit"),
        ("limits of memory", "en", "no-memory-limit"),
        ("5.11", "en", "no-memory-limit"),
        ("privil", "en", "privileged-container"),
        ("mémoire limite", "fr", "no-memory-limit"),
        ("memoire", "fr", "no-memory-limit"),
    ],
)
def test_checks_are_found_by_title_name_and_number(text, language, first):
    assert names(text, language)[0] == first


def test_no_check_is_found_by_what_none_is_known_by():
    assert names("zebra") == names("?") == []


def test_the_box_offers_of_each_kind_what_the_page_has_more_of(shipped_guide):
    a_fleet(6, 2)

    box, page = (search(a_member(), "app", most) for most in (BOX, PAGE))

    assert (len(box.containers), len(page.containers)) == (BOX.containers, 12)
    assert (len(box.findings), len(page.findings)) == (BOX.findings, PAGE.findings)
    assert box.findings_total == page.findings_total


def test_a_suggestion_is_an_option_with_an_address_of_its_own(shipped_guide):
    scan_of(a_host("memory-01"), named("memory", memory=0))

    text = suggestions("memory")

    options = re.findall(r'role="option" id="([^"]+)" href="([^"]+)"', text)
    assert len({key for key, _url in options}) == len(options)
    assert {
        "/guide/en/cgroups/#memory", "/checks/no-memory-limit/", "/hosts/memory-01/",
        "/hosts/memory-01/containers/memory/", "/search/?q=memory",
    } <= {url for _key, url in options}  # fmt: skip


def test_what_a_host_calls_its_containers_and_what_is_typed_is_escaped():
    scan_of(a_host("web-01"), named(HOSTILE, memory=0))

    for url in ("/search/", "/search/suggest/"):
        shown = signed_in().get(url, {"q": HOSTILE}).content.decode()
        assert escape(HOSTILE) in shown
        assert HOSTILE not in shown


def test_the_page_leads_on_to_the_search_of_the_guide(shipped_guide):

    shown = signed_in().get("/search/", {"q": "memory"})

    assert shown.status_code == 200
    assert 'href="/guide/en/?q=memory"' in shown.content.decode()


def test_nothing_found_says_what_to_do_and_nothing_asked_offers_nothing():
    assert "Try one word alone" in suggestions("zzzzzz")
    assert "option" not in suggestions("zzzzzz")
    assert suggestions("").strip() == suggestions(" \0 ").strip() == '<div id="search-found">\n\n</div>'


@pytest.mark.parametrize("text", ["memory", "nothing there is", "limiter la mémoire"])
def test_suggesting_costs_few_queries(text, shipped_guide):
    a_fleet(2, 3)
    client = signed_in()

    with CaptureQueriesContext(connection) as queries:
        client.get("/search/suggest/", {"q": text})

    assert len(queries) <= 15
