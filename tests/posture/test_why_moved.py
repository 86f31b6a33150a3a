"""The page that says why the score moved: what it reads from its address, and what it leads to."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.fleet import services as fleet
from secdash.fleet.models import Connection
from secdash.posture import behind
from secdash.posture.moved import Period
from tests.cast import signed_in
from tests.fleet.hosts import a_host
from tests.posture.world import named, scan_of

TODAY = date(2026, 11, 24)
GOOD = [named(f"good-{number}") for number in range(9)]
BAD = named("<app>", privileged=True)


@pytest.mark.parametrize(
    ("query", "since", "until"),
    [
        ("", "2026-10-25", "2026-11-24"),
        ("since=2026-11-01&until=2026-11-07", "2026-11-01", "2026-11-07"),
        ("since=2026-11-20&until=2026-12-31", "2026-11-20", "2026-11-24"),
        ("since=2026-11-24", "2026-11-23", "2026-11-24"),
        ("since=2026-11-09&until=2026-11-07", "2026-11-06", "2026-11-07"),
        ("since=2026-02-31&until=soon", "2026-10-25", "2026-11-24"),
    ],
)
def test_the_period_is_read_from_the_address(query, since, until):
    assert Period.of(QueryDict(query), TODAY) == (date.fromisoformat(since), date.fromisoformat(until))


def page(query=""):
    response = signed_in(Role.VIEWER).get(reverse("why-moved") + query)
    assert response.status_code == 200
    return response


@pytest.mark.django_db
def test_a_single_day_is_told_with_its_day_of_the_week():
    host = a_host("web-01")
    scan_of(host, *GOOD, named("<app>"), days_ago=3)
    scan_of(host, *GOOD, BAD, days_ago=2)
    fell = (timezone.now() - timedelta(days=2)).date()

    whole, single = (page(f"?since={fell - timedelta(days=days)}&until={fell}").content.decode() for days in (9, 1))

    assert f">{fell:%A} {fell.day} " in whole  # among the days that moved most
    assert f"in the course of {fell:%A} {fell.day} " in single


@pytest.mark.django_db
def test_it_answers_why_the_score_fell_and_leads_to_the_findings(django_assert_max_num_queries):
    host = a_host("web-01", group_name="Production")
    scan_of(host, *GOOD, named("<app>"), days_ago=3)
    scan_of(host, *GOOD, BAD, days_ago=2)
    client = signed_in(Role.VIEWER)
    with django_assert_max_num_queries(15):
        text = client.get(reverse("why-moved") + "?group=production").content.decode()

    assert "From 100 to 59" not in text  # thirty days ago there was no score yet
    assert "no host had a score on the first day" in text.lower()
    day = (timezone.now() - timedelta(days=3)).date().isoformat()
    text = page(f"?group=production&since={day}").content.decode()
    assert "From 100 to 59" in text
    assert "Newly failing" in text
    assert "?state=all&amp;check=privileged-container&amp;host=web-01" in text
    assert "&lt;app&gt;" in text
    assert "<app>" not in text


@pytest.mark.django_db
def test_a_removed_host_is_named_but_leads_nowhere():
    stays, leaves = (a_host(n, kind=Connection.Kind.UNIX, address="/var/run/docker.sock") for n in ("stays", "leaves"))
    for host in (stays, leaves):
        scan_of(host, *GOOD, BAD if host == leaves else named("app"), days_ago=40)
    fleet.remove(leaves)
    text = page().content.decode()

    assert "Hosts removed" in text
    assert "leaves" in text
    assert reverse("host", args=["leaves"]) not in text


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["?host=nobody", "?tag=a%00b", "?what=nonsense&page=0", "?page=99999999999999999999"])
def test_nonsense_in_the_address_shows_a_page(query):
    assert "Why the score moved" in page(query).content.decode()


@pytest.mark.django_db
def test_the_transitions_behind_are_filtered_and_paged(monkeypatch):
    monkeypatch.setattr(behind, "A_PAGE", 3)
    host = a_host()
    scan_of(host, *GOOD, days_ago=5)
    scan_of(host, *GOOD, BAD, days_ago=2)
    scan_of(host, *GOOD)
    opened, gone = (page(f"?what={kind}").context["rows"] for kind in ("opened", "gone"))

    assert {row.why for row in opened.rows} == {"seen"}
    assert {row.why for row in gone.rows} == {"gone"}
    assert [row.pk for row in page().context["rows"].rows] != [row.pk for row in page("?page=2").context["rows"].rows]
    assert "page=2" in page().content.decode()
