"""Maintenance windows: no scan by the clock and no word of unreachable hosts, and all of it afterwards."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.audit.models import AuditEntry
from secdash.facts.message import say
from secdash.fleet import maintenance
from secdash.fleet.models import Host, MaintenanceWindow
from secdash.scans import ticking
from tests.cast import a_member, signed_in
from tests.fleet.hosts import NOON, a_host
from tests.messaging.world import Event, a_known_host, a_rule, fails, letters, tick
from tests.posture.world import named, scan_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
WHY = say("Nobody answers.")


def a_window(target, *, at=NOON, hours=2, reason="Kernel update"):
    operator = a_member(Role.OPERATOR)
    return maintenance.announce(target, starts_at=at, ends_at=at + hours * HOUR, reason=reason, by=operator, at=at)


def test_due_hosts_are_claimed_after_the_window_of_the_host_or_of_its_group():
    mine, grouped = a_host("web-01"), a_host("web-02", group_name="Production")
    a_host("web-03")
    a_window(mine)
    a_window(grouped.group)

    claimed = [ticking.claim_due(at=NOON + hours * HOUR) for hours in (0, 1.9, 2)]

    assert claimed == [1, 1, 2]  # web-03 when its hour is over, and both others when their windows are


def test_a_window_to_come_and_one_of_another_group_hold_nothing_back():
    host, other = a_host("web-01", group_name="Production"), a_host("web-02", group_name="Lab")
    a_window(host, at=NOON + HOUR)
    a_window(other.group)

    assert ticking.claim_due(at=NOON) == 1


def test_nobody_is_told_of_a_host_that_does_not_answer_in_its_window_and_comes_back():
    a_rule(None, Event.UNREACHABLE)
    host = a_known_host()
    a_window(host, at=timezone.now() - HOUR)

    fails(host, WHY)
    scan_of(host, named("app", memory=1 << 28))
    tick()

    assert letters() == []


def test_a_host_that_stays_away_is_told_of_by_its_first_scan_after_the_window():
    a_rule(None, Event.UNREACHABLE)
    host = a_known_host()
    window = a_window(host, at=timezone.now() - HOUR)

    fails(host, WHY)
    tick()
    in_window = letters()
    maintenance.end(window, by=a_member(Role.OPERATOR), at=timezone.now())
    fails(host, WHY)
    tick()

    assert in_window == []
    assert len(letters()) == 1


def test_the_pages_show_who_works_on_a_host_and_until_when():
    host = a_host("web-01")
    a_window(host, at=timezone.now())
    client = signed_in(Role.VIEWER)

    pages = [client.get(url).content.decode() for url in (reverse("hosts"), host.get_absolute_url())]

    assert "maintenance" in pages[0]
    assert "Somebody works on this host until" in pages[1]
    assert "Kernel update" in pages[1]


def announced(client, **changes):
    now = timezone.now().replace(second=0, microsecond=0)
    data = {
        "target": "host:web-01",
        "starts_at": f"{now:%Y-%m-%dT%H:%M}",
        "ends_at": f"{now + HOUR:%Y-%m-%dT%H:%M}",
        "reason": "Kernel update",
    }
    return client.post(reverse("maintenance"), {**data, **changes})


def test_an_operator_announces_a_window_and_ends_it_early_and_both_are_recorded():
    a_host("web-01")
    client = signed_in(Role.OPERATOR)

    announced(client)
    window = MaintenanceWindow.objects.get()
    page = client.get(reverse("maintenance")).content.decode()
    client.post(reverse("maintenance-end", args=[window.pk]))

    assert "End it now" in page
    assert MaintenanceWindow.objects.get().ends_at <= timezone.now()
    acts = AuditEntry.objects.order_by("pk").values_list("act", "name").filter(act__startswith="maintenance")
    assert list(acts) == [("maintenance.announced", "web-01"), ("maintenance.ended", "web-01")]


def test_a_window_that_did_not_begin_is_called_off():
    window = a_window(a_host("web-01"), at=timezone.now() + HOUR)

    signed_in(Role.OPERATOR).post(reverse("maintenance-end", args=[window.pk]))

    assert not MaintenanceWindow.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ends_at": "2026-01-01T00:00"}, "This time is over."),
        ({"starts_at": "2999-01-01T00:00", "ends_at": "2998-01-01T00:00"}, "end after it begins"),
        ({"ends_at": "2999-01-01T00:00"}, "at most 30 days"),
        ({"target": "host:web-99"}, "Select a valid choice"),
        ({"reason": ""}, "required"),
    ],
)
def test_a_wrong_window_is_answered_in_words(changes, words):
    a_host("web-01")

    response = announced(signed_in(Role.OPERATOR), **changes)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not MaintenanceWindow.objects.exists()


def test_the_form_begins_with_the_host_that_one_came_from():
    a_host("web-01")
    a_host("web-02")

    page = signed_in(Role.OPERATOR).get(reverse("maintenance"), {"host": "web-02"}).content.decode()

    assert re.findall(r'value="(host:[^"]+)" selected', page) == ["host:web-02"]


def test_a_group_that_goes_takes_its_windows_along_and_a_host_too():
    host = a_host("web-01", group_name="Production")
    a_window(host)
    a_window(host.group)

    Host.objects.all().delete()
    host.group.delete()

    assert not MaintenanceWindow.objects.exists()
