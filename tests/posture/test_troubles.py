"""The overview and the hosts say what keeps hosts from being scanned, and the metrics count it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.fleet.models import Host
from secdash.scans import judging, services, ticking
from secdash.scans.models import Scan, Tick
from tests import queueing
from tests.cast import signed_in
from tests.fleet.hosts import a_host

pytestmark = pytest.mark.django_db
NOTHING = ("No host is scanned", "Scans are late")


def a_tick(ago):
    Tick.objects.update_or_create(pk=Tick.ONLY, defaults={"at": timezone.now() - ago})


def a_waiting_scan(ago, name="web-01"):
    return Scan.objects.create(host=a_host(name), trigger="schedule", created_at=timezone.now() - ago)


def pages():
    client = signed_in(Role.VIEWER)
    return [client.get(path).text for path in ("/", "/hosts/")]


def test_nothing_is_said_while_all_goes_well():
    a_waiting_scan(timedelta(minutes=1))
    a_tick(timedelta(seconds=20))

    assert not [said for said in NOTHING for page in pages() if said in page]


@pytest.mark.parametrize("ago", [timedelta(minutes=3), None])
def test_silence_of_beat_is_told_also_where_it_never_ran(ago):
    host = a_host()
    Host.objects.filter(pk=host.pk).update(scan_due_at=timezone.now() - timedelta(minutes=2))
    if ago:
        a_tick(ago)

    assert all("No host is scanned" in page and "Start beat" in page for page in pages())


def test_work_that_no_worker_takes_is_told():
    a_host()
    a_tick(timedelta(minutes=3))
    services.send(a_waiting_scan(timedelta(0), "web-02").pk)

    assert all("Start a worker" in page for page in pages())


def test_a_queue_that_does_not_answer_is_told():
    a_host()
    a_tick(timedelta(minutes=3))

    with queueing.broker(queueing.NOWHERE):
        assert all("The queue does not answer" in page for page in pages())


def test_a_fleet_that_workers_cannot_serve_is_told_with_how_many_wait():
    a_waiting_scan(timedelta(minutes=14))
    a_waiting_scan(timedelta(minutes=2), "web-02")
    a_tick(timedelta(seconds=5))

    assert all("Scans are late" in page and "2 hosts wait for a worker" in page for page in pages())


def test_a_queue_that_is_only_long_is_not_made_longer():
    scans = [a_waiting_scan(timedelta(minutes=14), name) for name in ("web-01", "web-02")]
    Host.objects.update(scan_due_at=None)
    for scan in scans:
        services.send(scan.pk)

    for _ in range(3):
        ticking.tick(at=timezone.now())

    assert queueing.sent() == [scan.pk for scan in scans]


def test_after_the_clock_was_put_back_hosts_keep_their_turns_within_their_interval():
    now = timezone.now()
    ahead = {"web-01": timedelta(hours=25, minutes=10), "web-02": timedelta(hours=25, minutes=40)}
    for name, far in ahead.items():
        Host.objects.filter(pk=a_host(name).pk).update(scan_due_at=now + far)
    soon = a_host("db-01")
    Host.objects.filter(pk=soon.pk).update(scan_due_at=now + timedelta(minutes=30))

    assert ticking.pull_in(at=now) == 2

    due = dict(Host.objects.values_list("name", "scan_due_at"))
    assert due == {name: now + timedelta(minutes=m) for name, m in (("web-01", 10), ("web-02", 40), ("db-01", 30))}


def test_a_lease_from_before_the_clock_was_put_back_is_over():
    scan = a_waiting_scan(timedelta(0))
    Scan.objects.update(state="running", attempts=1, lease_until=timezone.now() + timedelta(hours=1))

    ticking.retake(at=timezone.now())

    scan.refresh_from_db()
    assert scan.state == "queued"


def test_a_step_of_the_tick_that_fails_keeps_no_other_from_being_done(monkeypatch):
    def broken(*, at):
        raise ValueError(at)

    monkeypatch.setattr(ticking, "STEPS", (broken, ticking.claim_due))
    a_host()

    ticking.tick(at=timezone.now())

    assert Scan.objects.count() == Tick.objects.count() == 1


def test_what_secdash_itself_cannot_judge_ends_at_once_in_words(monkeypatch):
    host = a_host()
    scan = Scan.objects.create(host=host, trigger="manual", created_at=timezone.now())
    monkeypatch.setattr(judging, "judge_noting", lambda _facts: 1 / 0)

    services.run(scan.pk)

    scan.refresh_from_db()
    assert (scan.state, host.state) == ("failed", Host.State.NEW)
    assert "ZeroDivisionError" in str(scan.failure)
