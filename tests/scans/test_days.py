"""A host's day: every column, what an acceptance does to it without a scan, and that it outlives its host."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
import zstandard
from django.utils import timezone

from secdash.checks.outcome import Status
from secdash.findings.durations import bin_of
from secdash.findings.models import Finding, State, Transition
from secdash.findings.signals import acceptances_changed
from secdash.fleet import services as fleet
from secdash.fleet.models import Connection
from secdash.scans import moves
from secdash.scans.models import PostureDay, Scan
from secdash.scans.weighing import weigh_answer
from tests.fleet.hosts import a_host
from tests.posture.world import named, scan_of

pytestmark = pytest.mark.django_db


def days_of(host):
    return list(PostureDay.objects.filter(host_ident=host.pk).order_by("day"))


def change(findings, now, why, *, at):
    """What an acceptance does to findings, without its rows."""
    found = list(Finding.objects.filter(pk__in=[finding.pk for finding in findings]))
    for finding in found:
        Transition.objects.create(finding=finding, at=at, was=finding.state, now=now, why=why)
    Finding.objects.filter(pk__in=[finding.pk for finding in found]).update(state=now)
    return {finding.host_id: len(found) for finding in found}


def accept(findings, *, at):
    begun = change(findings, State.ACCEPTED, "accepted", at=at)
    acceptances_changed.send(sender=Finding, hosts=list(begun), at=at, begun=begun, ended={})


def give_back(findings, *, at):
    ended = change(findings, State.OPEN, "expired", at=at)
    acceptances_changed.send(sender=Finding, hosts=list(ended), at=at, begun={}, ended=ended)


def lives(day):
    return day.critical + day.high + day.medium + day.low + day.info + day.accepted


def adds_up(rows):
    """Findings and score follow from the day before, on every day but the first."""
    for before, row in pairwise(rows):
        assert lives(row) == lives(before) + row.opened - row.resolved, row.day
        if row.score is not None and before.score is not None:
            assert moves.total(row.moves) == row.score - before.score, row.day


def worst():
    return named("app", privileged=True, memory=0)


def test_what_was_mended_is_counted_by_how_long_it_stood_and_whether_in_time():
    host = a_host()
    scan_of(host, worst(), named("spare", memory=0), days_ago=9)
    late, timely = (Finding.objects.filter(check_name=name) for name in ("privileged-container", "no-memory-limit"))
    late.update(due_on=timezone.now().date() - timedelta(days=1))
    timely.update(due_on=timezone.now().date())
    scan_of(host, named("app"))
    today = days_of(host)[-1]

    assert (today.fixed_in_time, today.fixed_late) == (2, 1)
    assert today.resolved == 4  # what went with the spare container was resolved, but nobody mended it
    assert today.fix_times == {
        "critical": {str(bin_of(9 * 86400)): 1},
        "high": {str(bin_of(9 * 86400)): 1},
        "medium": {str(bin_of(9 * 86400)): 1},
    }
    assert Transition.objects.get(finding=late.get(), why="fixed").lasted == pytest.approx(9 * 86400, abs=5)
    adds_up(days_of(host))


def test_two_scans_of_one_day_make_one_day():
    host = a_host()
    scan_of(host, named("app"), days_ago=1)
    scan_of(host, worst())
    scan_of(host, named("app"))
    yesterday, today = days_of(host)

    assert today.opened == today.resolved == 3
    assert today.score == yesterday.score
    assert moves.total(today.moves) == 0
    adds_up([yesterday, today])


def test_accepting_and_returning_move_score_and_day_without_a_scan():
    host = a_host()
    scan_of(host, worst(), *(named(f"good-{number}") for number in range(9)), days_ago=3)
    before = Scan.objects.get().score
    held = Finding.objects.filter(check_name="privileged-container")
    now = timezone.now()
    accept(held, at=now - timedelta(days=1))
    accepted = Scan.objects.get().score
    give_back(held, at=now)
    first, middle, last = days_of(host)

    assert (before, accepted > 59, Scan.objects.get().score) == (59, True, 59)
    assert middle.moves == {"accepted": {"privileged-container": accepted - 59}}
    assert last.moves == {"returned": {"privileged-container": 59 - accepted}}
    assert [(row.accepted, row.critical) for row in (first, middle, last)] == [(0, 1), (1, 0), (0, 1)]
    assert (middle.accepted_begun, middle.accepted_ended, last.accepted_ended) == (1, 0, 1)
    assert (middle.opened, middle.resolved) == (0, 0)
    adds_up([first, middle, last])


def test_chunks_of_one_decision_at_one_moment_are_counted_once():
    host = a_host()
    scan_of(host, *(named(f"app-{number}", memory=0) for number in range(4)), days_ago=1)
    failing = Finding.objects.filter(check_name="no-memory-limit").order_by("pk")
    now = timezone.now()
    accept(failing[:2], at=now)
    accept(failing[2:], at=now)

    assert days_of(host)[-1].accepted_begun == 4
    adds_up(days_of(host))


def test_a_decision_on_many_hosts_takes_as_many_queries_as_one(django_assert_num_queries):
    hosts = [a_host(f"host-{number}") for number in range(4)]
    for host in hosts:
        scan_of(host, worst(), days_ago=1)
    now = timezone.now()
    begun = change(Finding.objects.filter(check_name="privileged-container"), State.ACCEPTED, "accepted", at=now)
    with django_assert_num_queries(11):  # savepoint and release among them; none has a row of today yet
        acceptances_changed.send(sender=Finding, hosts=list(begun), at=now, begun=begun, ended={})

    assert [days_of(host)[-1].accepted for host in hosts] == [1, 1, 1, 1]


def test_a_check_that_was_asked_again_moves_the_newest_score():
    host = a_host()
    scan_of(host, worst(), *(named(f"good-{number}") for number in range(9)), days_ago=1)
    finding = Finding.objects.get(check_name="privileged-container")
    now = timezone.now()
    change([finding], State.RESOLVED, "fixed", at=now)
    weigh_answer(host, finding.check_name, was=Status.FAIL, now=Status.PASS, at=now)
    yesterday, today = days_of(host)

    assert today.moves == {"fixed": {"privileged-container": today.score - yesterday.score}}
    assert (today.critical, today.resolved, today.score > 59) == (0, 1, True)
    assert Scan.objects.get().tally["privileged-container"] == [10, 0, 0, 0]
    adds_up([yesterday, today])


def test_a_host_that_is_removed_keeps_its_days_and_gets_a_last_one():
    host = a_host(kind=Connection.Kind.UNIX, address="/var/run/docker.sock", group_name="Production")
    scan_of(host, worst(), days_ago=2)
    fleet.remove(host)
    first, last = PostureDay.objects.order_by("day")

    assert (first.host, first.host_name, first.group.name) == (None, "web-01", "Production")
    assert first.critical == 1
    assert (last.host, last.score, last.day, lives(last)) == (None, None, timezone.now().date(), 0)
    assert last.resolved == lives(first)


def test_a_host_that_was_scanned_on_its_last_day_is_gone_at_its_end():
    host = a_host(kind=Connection.Kind.UNIX, address="/var/run/docker.sock")
    scan_of(host, worst())
    fleet.remove(host)
    day = PostureDay.objects.get()

    assert (day.host, day.score, lives(day), day.opened - day.resolved) == (None, None, 0, 0)


def test_sample_hosts_take_their_days_with_them():
    scan_of(a_host(), worst())
    fleet.remove_samples()

    assert not PostureDay.objects.exists()


@pytest.mark.parametrize("content", [zstandard.compress(b"{}"), b"no archive"])
def test_a_scan_that_cannot_read_what_the_one_before_wrote_gives_all_to_the_catalogue(content):
    host = a_host()
    scan = scan_of(host, worst(), days_ago=1)
    type(scan.snapshot).objects.update(content=content)
    scan_of(host, named("app"))
    yesterday, today = days_of(host)

    assert today.moves == {"catalogue": {"": today.score - yesterday.score}}
