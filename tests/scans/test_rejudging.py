"""Kept days judged again by today's catalogue: from the snapshot of then, with what was accepted then, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.findings.models import Finding, Transition
from secdash.posture.rejudged import rejudged_scores
from secdash.posture.scopes import Scope
from secdash.scans import rejudging
from secdash.scans.models import PostureDay, Rejudged, Scan
from tests.cast import a_member, signed_in
from tests.fleet.hosts import a_host
from tests.posture.world import named, scan_of

pytestmark = pytest.mark.django_db
GOOD = [named(f"good-{number}") for number in range(9)]
BAD = named("app", privileged=True)


def ago(days):
    return timezone.now().date() - timedelta(days=days)


def of_an_older_catalogue(*days_ago, score=30):
    PostureDay.objects.filter(day__in=[ago(days) for days in days_ago]).update(catalogue_version="old", score=score)


def run(**options):
    return rejudging.run(at=timezone.now(), **options)


def test_only_days_of_another_catalogue_are_judged_and_each_once():
    host = a_host()
    scan_of(host, *GOOD, BAD, days_ago=6)
    scan_of(host, *GOOD, named("app"), days_ago=4)
    scan_of(host, *GOOD, named("app"), days_ago=2)
    of_an_older_catalogue(6, 4)

    assert (run(), run()) == (2, 0)
    assert list(Rejudged.objects.order_by("day").values_list("day", "score", "critical")) == [
        (ago(6), 59, 1),
        (ago(4), 100, 0),
    ]


def test_a_day_without_a_scan_is_judged_from_the_look_before():
    host = a_host()
    scan_of(host, *GOOD, BAD, days_ago=6)
    row = PostureDay.objects.get()
    row.pk, row.day = None, ago(5)
    row.save(force_insert=True)
    of_an_older_catalogue(6, 5)
    run()

    assert list(Rejudged.objects.values_list("score", flat=True)) == [59, 59]


def test_what_was_accepted_that_day_is_in_neither_sum():
    host = a_host()
    for days_ago in (6, 5, 4):
        scan_of(host, *GOOD, BAD, days_ago=days_ago)
    finding = Finding.objects.get(check_name="privileged-container")
    for days_ago, was, now in ((5, "open", "accepted"), (4, "accepted", "open")):
        at = timezone.now() - timedelta(days=days_ago)
        Transition.objects.create(finding=finding, at=at, was=was, now=now, why="accepted")
    of_an_older_catalogue(6, 5, 4)
    run()

    assert list(Rejudged.objects.order_by("day").values_list("score", "critical")) == [(59, 1), (79, 0), (59, 1)]


def test_it_stops_where_it_is_told_and_goes_on_there(capsys):
    host = a_host()
    for days_ago in (6, 5, 4):
        scan_of(host, *GOOD, days_ago=days_ago)
    of_an_older_catalogue(6, 5, 4)
    call_command("rejudge", "--most", "2")
    first = set(Rejudged.objects.values_list("pk", flat=True))
    call_command("rejudge")

    assert len(first) == 2
    assert set(Rejudged.objects.values_list("pk", flat=True)) > first
    assert "1 of 1 days judged" in capsys.readouterr().out
    assert rejudging.left(at=timezone.now()) == 0


@pytest.mark.parametrize("lost", ["snapshot", "content"])
def test_a_day_whose_facts_are_lost_is_said_to_have_no_score_and_does_not_wait_for_ever(lost):
    host = a_host()
    scan = scan_of(host, *GOOD, days_ago=6)
    if lost == "snapshot":
        Scan.objects.update(snapshot=None)
    else:
        type(scan.snapshot).objects.update(content=b"nothing that can be read")
    of_an_older_catalogue(6)
    run()

    assert Rejudged.objects.get().score is None
    assert rejudging.left(at=timezone.now()) == 0


def test_the_series_takes_what_was_judged_again_and_keeps_what_is_of_today():
    host, other = a_host("a"), a_host("b")
    scan_of(host, *GOOD, BAD, days_ago=6)
    scan_of(other, *GOOD, days_ago=6)
    scan_of(host, *GOOD, named("app"), days_ago=3)
    of_an_older_catalogue(6)
    user = a_member(Role.VIEWER)
    before = rejudged_scores(user, Scope(), ago(5), ago(2))
    run()
    found = rejudged_scores(user, Scope(), ago(5), ago(2))

    assert [score for _, score in before.scores] == [None, None, 100, 100]
    assert before.missing == 2
    assert [score for _, score in found.scores] == [79.5, 79.5, 100, 100]
    assert [day for day, _ in found.scores] == [ago(5), ago(4), ago(3), ago(2)]
    assert found.missing == 0
    assert [score for _, score in rejudged_scores(user, Scope(host="a"), ago(5), ago(2)).scores] == [
        59,
        59,
        100,
        100,
    ]


def test_the_trends_hold_what_was_kept_against_what_todays_checks_say():
    host = a_host()
    scan_of(host, *GOOD, BAD, days_ago=6)
    scan_of(host, *GOOD, named("app"), days_ago=4)
    of_an_older_catalogue(6)
    run()

    page = signed_in().get(reverse("trends"), {"days": "7", "judged": "now"}).context["page"]

    rows = {row[0]: row for row in page.charts["score"].table.rows}
    assert (rows[ago(6)][1], rows[ago(6)][-1]) == (30, 59)
    assert rows[ago(4)][1] == rows[ago(4)][-1]
    assert page.versus.name == "Judged by today’s checks"
    assert "compared" not in page.charts


def test_of_several_kinds_of_place_at_once_the_history_of_what_fits_all_is_judged_anew():
    scan_of(a_host(group_name="Web", environment="test"), *GOOD, BAD, days_ago=3)
    scan_of(a_host("other", group_name="Web"), *GOOD, days_ago=3)

    page = signed_in().get(reverse("trends"), {"group": "web", "environment": "test", "judged": "now"}).context["page"]

    assert page.versus.days[-1].score == page.this.days[-1].score == 59
