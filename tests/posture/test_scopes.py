"""One reader of what a page looks at: the same parameters and the same words on every page that can be narrowed."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from secdash.fleet.models import Host, Tag
from secdash.posture.asked_days import is_no_range
from secdash.posture.scope_choices import offered, offered_places
from secdash.posture.scopes import Scope
from secdash.posture.threats.asked import Asked as ThreatsAsked
from secdash.posture.trends.asked import Asked as TrendsAsked
from secdash.reports.asked import Asked as ReportsAsked
from tests.cast import a_member, signed_in
from tests.fleet.hosts import a_host
from tests.posture.trends.history import a_group, a_history, today

pytestmark = pytest.mark.django_db
PAGES = ("trends", "why-moved", "as-of", "threats")
SEVERAL = "group=shop&environment=test&tag=public&host=web"
NOBODY_FITS = "Your filter hides all hosts"


@pytest.fixture
def hosts():
    """Of the shop's two hosts one is of a test and public; the third host is nobody's."""
    cache.clear()
    shop = a_group("Shop")
    web = a_history("web", 50, 60, group=shop)
    Host.objects.filter(pk=web.pk).update(environment="test")
    web.tags.add(Tag.objects.create(name="public"))
    return web, a_history("db", 70, 70, group=shop), a_history("other", 80, 80)


def text(name, query=""):
    response = signed_in().get(f"{reverse(name)}?{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_every_page_reads_the_same_scope():
    query = QueryDict(f"{SEVERAL}&foreign=1")
    scope = Scope(group="shop", environment="test", tag="public", host="web")

    assert Scope.of(query) == scope
    asked = (TrendsAsked.of(query), ThreatsAsked.of(query), ReportsAsked.of(query, today=today()))
    assert [each.scope for each in asked] == [scope] * 3
    assert scope.query() == SEVERAL
    assert scope.without("host").query(page="", day="x") == "group=shop&environment=test&tag=public&day=x"
    assert Scope.of(QueryDict("group=%00%20a%00b%20&tag=")) == Scope(group="ab")


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        (Scope(), {"web", "db", "other"}),
        (Scope(group="shop"), {"web", "db"}),
        (Scope(group="shop", environment="test"), {"web"}),
        (Scope(group="shop", tag="public", host="db"), set()),
        (Scope(host="nobody"), set()),
    ],
)
def test_what_several_ask_for_must_all_fit(hosts, scope, found):
    user = a_member()

    assert {host.name for host in scope.hosts(user)} == found
    assert {row.host_name for row in scope.days(user) if scope.has(row.group.slug if row.group else None)} == found


def test_a_scope_is_said_and_each_part_can_be_taken_away(hosts):
    scope = Scope(group="shop", tag="public", host="nobody")
    for choices in (offered(a_member(), scope), offered_places(a_member(), scope)):
        assert choices.said(scope) == "Group Shop, Hosts tagged public, Host nobody"
        assert choices.said(Scope()) == "All hosts"
        chips = list(choices.chips(scope, lambda rest: rest.query(by="host")))
        assert [(chip.name, chip.value) for chip in chips][:2] == [("group is", "Shop"), ("tag is", "public")]
        assert chips[1].query == "group=shop&host=nobody&by=host"


@pytest.mark.parametrize("name", PAGES)
def test_a_filter_that_fits_no_host_is_said_in_the_same_words(hosts, name):
    assert NOBODY_FITS in text(name, "host=nobody")
    assert NOBODY_FITS in text(name, "group=shop&host=other")


@pytest.mark.parametrize("name", PAGES[:3])
def test_several_filters_together_show_the_host_that_fits_all(hosts, name):
    assert NOBODY_FITS not in text(name, SEVERAL)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [("trends", "from", "to"), ("why-moved", "since", "until"), ("reports", "since", "until")],
)
def test_dates_that_are_no_range_are_said_to_be_none(hosts, name, first, last):
    said = "These dates are no range"

    assert said in text(name, f"{first}=2026-02-30&{last}={today()}")
    assert said in text(name, f"{first}={today()}&{last}=2020-01-01")
    assert said not in text(name, f"{first}=2026-01-01&{last}={today()}")


def test_a_day_that_is_none_is_said_to_be_none(hosts):
    said = "This is no day that could be looked back on"

    assert said in text("as-of", "day=yesterday")
    assert said in text("as-of", "day=9999-01-01")
    assert said not in text("as-of", f"day={today()}")


@pytest.mark.parametrize(
    ("first", "last", "no_range"),
    [
        ("", "", False),
        ("2026-01-02", "", False),
        ("2026-01-02", "2026-01-02", False),
        ("", "x", True),
        ("2026-01-02", "2026-01-01", True),
        ("2026-01-03", "", True),
        ("2026-13-01", "2026-01-01", True),
    ],
)
def test_what_is_no_range(first, last, no_range):
    day = today().replace(year=2026, month=1, day=2)

    assert is_no_range(first, last, day) == no_range


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("as-of", "day=0001-01-01"),
        ("why-moved", "until=0001-01-01"),
        ("trends", "from=0001-01-01&to=0001-01-02"),
        ("report-csv", "until=0001-01-01"),
    ],
)
def test_a_day_from_which_no_calendar_reckons_back_is_no_day(name, query):
    assert signed_in().get(f"{reverse(name)}?{query}").status_code == 200


def test_a_timeline_of_a_day_from_which_no_calendar_reckons_back_shows_the_newest():
    host = a_host("web-01")

    answer = signed_in().get(f"{reverse('host-timeline', args=[host.slug])}?until=0001-01-01")

    assert answer.context["page"].last == timezone.localdate()
