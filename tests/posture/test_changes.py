"""What an open overview asks for again and again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.fleet.models import Host
from secdash.posture import feed, since, tickets
from secdash.posture.windows import window_of
from tests.cast import a_member, signed_in
from tests.posture.world import a_fleet, named, scan_of

pytestmark = pytest.mark.django_db

MARK = re.compile(r"mark=([0-9a-f]+)")


@pytest.fixture
def host():
    [host] = a_fleet(1, 1)
    return host


def mark_of(html):
    [mark] = MARK.findall(html)
    return mark


def test_a_page_is_told_nothing_while_nothing_changes(host):
    reader = signed_in()
    mark = mark_of(reader.get("/").content.decode())

    response = reader.get("/changes/", {"mark": mark})

    assert (response.status_code, response.content) == (204, b"")
    assert "no-store" in response["Cache-Control"]


def test_what_changes_is_sent_with_a_mark_of_its_own(host):
    reader = signed_in()
    mark = mark_of(reader.get("/").content.decode())
    scan_of(host, named("app-0", memory=0, privileged=True), named("newcomer", memory=0, privileged=True))
    cache.clear()

    response = reader.get("/changes/", {"mark": mark})

    html = response.content.decode()
    assert response.status_code == 200
    assert "newcomer" in html
    assert html.strip().startswith('<div class="cell flush" id="changes" data-live')
    assert reader.get("/changes/", {"mark": mark_of(html)}).status_code == 204


def test_a_change_that_is_not_listed_is_counted():
    first, *_ = a_fleet(since.LINES + 1, 1)
    Host.objects.update(created_at=timezone.now() - timedelta(days=9))  # so that each critical has a line
    reader = signed_in()
    before = reader.get("/changes/")
    scan_of(first, named("app-0", memory=2**30, privileged=True))
    cache.clear()

    after = reader.get("/changes/", {"mark": before["X-Mark"]})

    assert (after.status_code, "resolved" in after.content.decode()) == (200, False)


def test_the_lines_are_those_of_the_page(host):
    reader = signed_in()

    page, lines = (reader.get(url).content.decode() for url in ("/", "/changes/"))

    assert " ".join(lines.split()) in " ".join(page.split())


def test_since_the_last_visit_is_asked_for_as_such(host):
    assert "since=visit" not in signed_in().get("/changes/").content.decode()


def test_many_open_pages_cost_little(host, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(tickets, "MOMENT", 86_400)  # that both pages are of one moment, however slow this machine is
    reader = signed_in()
    reader.get("/changes/")

    with django_assert_max_num_queries(4):
        reader.get("/changes/")


def test_lines_that_are_kept_for_one_reader_are_not_shown_to_another_who_sees_other_hosts(host):
    now = timezone.now()
    everything, nothing = a_member(Role.OPERATOR), a_member(Role.VIEWER, is_active=False)

    html = [feed.answer(user, window_of(user, "", now=now), now=now).html for user in (everything, nothing)]

    assert [host.name in each for each in html] == [True, False]


def test_a_list_of_all_stands_still(host):
    assert "data-live" not in signed_in(Role.VIEWER).get("/?changes=all").content.decode()
