"""A past day is shown as it stood: findings folded from their transitions agree with the counts that were kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.findings.models import Finding, State, Transition
from secdash.fleet import services as fleet
from secdash.fleet.models import Connection
from secdash.posture import as_of
from secdash.posture.as_of import Asked, findings_then, standing, then
from secdash.posture.scopes import Scope
from secdash.scans.forgetting import history_begins
from secdash.scans.models import Thinned
from tests.cast import a_member, signed_in
from tests.fleet.hosts import a_host
from tests.posture.world import named, scan_of

pytestmark = pytest.mark.django_db
BAD = named("app", privileged=True, memory=0)


def ago(days):
    return timezone.now().date() - timedelta(days=days)


def lived():
    """A host whose container fails, is mended, fails again, is accepted for a day, and goes."""
    host = a_host("web-01", group_name="Production")
    for days_ago, containers in ((9, [BAD]), (7, [named("app")]), (5, [BAD]), (1, [])):
        scan_of(host, *containers, days_ago=days_ago)
    finding = Finding.objects.get(check_name="privileged-container")
    for days_ago, was, now, why in ((4, "open", "accepted", "accepted"), (3, "accepted", "open", "expired")):
        at = timezone.now() - timedelta(days=days_ago)
        Transition.objects.create(finding=finding, at=at, was=was, now=now, why=why)
    return host


def stood(state, days_ago):
    return set(standing(Finding.objects.all(), state, ago(days_ago)).values_list("check_name", flat=True))


def test_each_finding_stands_as_its_latest_transition_of_the_day_says():
    lived()
    checks = {"privileged-container", "seccomp-disabled", "no-memory-limit"}

    assert stood(State.OPEN, 10) == set()
    assert stood(State.OPEN, 9) == stood(State.OPEN, 8) == checks
    assert stood(State.OPEN, 7) == set()
    assert stood(State.OPEN, 5) == checks
    assert stood(State.ACCEPTED, 4) == {"privileged-container"}
    assert stood(State.OPEN, 4) == checks - {"privileged-container"}
    assert stood(State.OPEN, 3) == checks
    assert stood(State.OPEN, 0) == set()


def test_the_findings_of_a_day_are_as_many_as_were_counted_on_it():
    lived()
    user = a_member(Role.VIEWER)
    for days_ago in (9, 8, 7, 6, 5, 1, 0):
        page = then(user, Scope(), ago(days_ago))
        found = findings_then(user, page.hosts, Asked(ago(days_ago)))
        assert len(found.rows) == page.open.total(), days_ago


def test_a_day_is_carried_to_the_next_look_and_a_removed_host_ends_on_its_last():
    host = a_host("gone", kind=Connection.Kind.UNIX, address="/var/run/docker.sock")
    scan_of(host, BAD, days_ago=6)
    fleet.remove(host)
    user = a_member(Role.VIEWER)

    assert [each.row.host_name for each in then(user, Scope(), ago(3)).hosts] == ["gone"]
    assert then(user, Scope(), ago(3)).open.total() == 3
    assert then(user, Scope(), ago(0)).hosts == []
    assert then(user, Scope(), ago(7)).hosts == []


def test_findings_are_narrowed_and_paged(monkeypatch):
    monkeypatch.setattr(as_of, "A_PAGE", 2)
    lived()
    user = a_member(Role.VIEWER)
    hosts = then(user, Scope(), ago(9)).hosts
    first, second = (findings_then(user, hosts, Asked(ago(9), page=page)) for page in (1, 2))
    (only,) = findings_then(user, hosts, Asked(ago(9), severity="critical")).rows

    assert [row.finding.severity for row in (*first.rows, *second.rows)] == [4, 3, 2]
    assert (first.has_next, second.has_next) == (True, False)
    assert (only.finding.check_name, only.since.date()) == ("privileged-container", ago(9))
    assert findings_then(user, hosts, Asked(ago(9), check="no-such-check")).rows == []


def test_too_many_findings_are_not_folded_for_one_page(monkeypatch):
    monkeypatch.setattr(as_of, "AT_ONCE", 2)
    lived()
    user = a_member(Role.VIEWER)
    hosts = then(user, Scope(), ago(9)).hosts

    assert findings_then(user, hosts, Asked(ago(9))).too_many
    assert not findings_then(user, hosts, Asked(ago(9), severity="critical")).too_many


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", {"day": 1}),
        ("day=2000-02-31", {"day": 1}),
        ("day=9999-01-01", {"day": 1}),
        ("state=resolved&severity=awful&page=x&check=a%00b", {"day": 1, "check": "ab"}),
        ("state=accepted&severity=low&page=3", {"day": 1, "state": "accepted", "severity": "low", "page": 3}),
    ],
)
def test_what_is_asked_is_read_from_the_address(query, asked):
    today = timezone.now().date()
    expected = Asked(**{**asked, "day": today - timedelta(days=asked["day"])})

    assert Asked.of(QueryDict(query), today) == expected


def test_the_page_shows_the_day_in_few_queries(django_assert_max_num_queries):
    lived()
    client = signed_in(Role.VIEWER)
    with django_assert_max_num_queries(15):
        text = client.get(reverse("as-of"), {"day": ago(8).isoformat(), "group": "production"}).content.decode()

    assert "privileged-container" in text
    assert "What can be said of a past day" in text
    assert "Nothing was kept of that day" in client.get(reverse("as-of"), {"day": "2001-01-01"}).content.decode()


def page_of(day, client=None, **chosen):
    return (client or signed_in(Role.VIEWER)).get(reverse("as-of"), {"day": day.isoformat(), **chosen}).content.decode()


def test_a_day_before_the_first_that_was_kept_leads_to_that_one():
    lived()
    scan_of(a_host("db-01", group_name="Staging"), BAD, days_ago=3)

    for chosen, first in (({}, 9), ({"group": "staging"}, 3), ({"group": "production"}, 9)):
        text = page_of(ago(12), **chosen)
        assert "What is kept of these hosts begins on" in text
        assert f"day={ago(first).isoformat()}" in text, chosen
    assert "What is kept of these hosts" not in page_of(ago(9))


def test_before_the_history_of_findings_the_page_does_not_claim_that_none_stood(settings):
    lived()
    settings.KEEP_HISTORY = 8

    before, within = page_of(ago(9)), page_of(ago(8))

    assert "What happened to findings is kept from" in before
    assert f"day={ago(8).isoformat()}#findings" in before
    assert "No finding stood in this state" not in before
    assert "privileged-container" not in before.partition('id="findings"')[2]
    assert "privileged-container" in within.partition('id="findings"')[2]


def test_history_that_was_let_go_of_does_not_come_back_with_a_longer_time():
    Thinned.objects.create(what="transitions", day=ago(20))

    assert history_begins(ago(0)) == ago(20)
