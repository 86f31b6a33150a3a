"""A scan's way from request to record, on a real database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from secdash.checks.engine import judge
from secdash.facts.collect import no_progress
from secdash.facts.parse import parse
from secdash.findings.models import Finding, Transition
from secdash.fleet.models import Connection, Host
from secdash.scans import services, ticking
from secdash.scans.collecting import answers_of
from secdash.scans.models import PostureDay, Scan, Snapshot
from secdash.scans.recording import Judged, record
from secdash.scans.sample import engine
from tests import queueing
from tests.fleet.hosts import NOON, a_host
from tests.queueing import sent

pytestmark = pytest.mark.django_db


def a_scan(host, **fields):
    return Scan.objects.create(host=host, trigger=Scan.Trigger.MANUAL, created_at=fields.pop("at", NOON), **fields)


def run(host):
    scan = a_scan(host)
    services.run(scan.pk)
    scan.refresh_from_db()
    return scan


def test_requests_one_scan_at_a_time_for_a_host(django_capture_on_commit_callbacks):
    host = a_host()
    with django_capture_on_commit_callbacks(execute=True):
        first = services.request(host, trigger=Scan.Trigger.MANUAL, at=NOON)
    with django_capture_on_commit_callbacks(execute=True):
        second = services.request(host, trigger=Scan.Trigger.MANUAL, at=NOON)

    assert first == second
    assert sent() == [first.pk]


def test_a_scan_is_recorded_whole():
    host = a_host("web-01")

    scan = run(host)

    assert scan.state == Scan.State.DONE
    assert scan.stage == Scan.Stage.DONE
    assert scan.statuses["fail"] == Finding.objects.on(host).open().count() > 0
    assert scan.score is not None
    assert scan.containers == 8
    assert scan.engine_version == "29.10.0"
    assert {"connecting", "judging"} <= scan.timings.keys()
    assert Transition.objects.filter(scan=scan, why="seen").count() == Finding.objects.on(host).count()
    host.refresh_from_db()
    assert host.state == Host.State.REACHABLE
    day = PostureDay.objects.get(host=host)
    assert (day.score, day.opened, day.resolved) == (scan.score, scan.statuses["fail"], 0)


def test_an_unchanged_rescan_keeps_one_snapshot_and_adds_no_transition():
    host = a_host()
    first, second = run(host), run(host)

    assert first.snapshot == second.snapshot
    assert Snapshot.objects.count() == 1
    assert not Transition.objects.filter(scan=second).exists()
    assert PostureDay.objects.get(host=host).opened == first.statuses["fail"]


def test_a_second_delivery_of_a_finished_scan_does_nothing():
    scan = run(a_host())
    finished_at = scan.finished_at

    services.run(scan.pk)

    scan.refresh_from_db()
    assert scan.finished_at == finished_at
    assert scan.attempts == 1


def test_a_scan_that_was_deleted_is_quietly_left():
    services.run(999_999)

    assert not Scan.objects.exists()


def test_an_unreachable_host_ends_in_words_and_leaves_its_findings(tmp_path):
    host = a_host()
    run(host)
    before = list(Finding.objects.values())
    Connection.objects.filter(host=host).update(kind=Connection.Kind.UNIX, address=str(tmp_path / "none.sock"))

    scan = run(Host.objects.get(pk=host.pk))

    assert scan.state == Scan.State.FAILED
    assert str(tmp_path / "none.sock") in str(scan.failure)
    assert list(Finding.objects.values()) == before
    host.refresh_from_db()
    assert host.state == Host.State.UNREACHABLE


def test_a_worker_that_lost_its_lease_records_nothing():
    host = a_host()
    scan = services.claim(a_scan(host).pk, at=NOON)
    facts = parse(answers_of(host, progress=no_progress, deadline=10))
    Scan.objects.filter(pk=scan.pk).update(attempts=2)

    assert not record(scan, Judged(facts, list(judge(facts))), timings={}, at=NOON)
    assert not Finding.objects.exists()
    assert not Snapshot.objects.exists()


def test_the_tick_claims_a_due_host_once(django_capture_on_commit_callbacks):
    host = a_host(at=NOON)
    with django_capture_on_commit_callbacks(execute=True):
        assert ticking.claim_due(at=NOON) == 1
        assert ticking.claim_due(at=NOON) == 0

    assert sent() == [Scan.objects.get(host=host).pk]
    host.refresh_from_db()
    assert host.scan_due_at == NOON + timedelta(minutes=host.interval)


def test_the_tick_leaves_hosts_that_are_not_due_or_never():
    later, never = a_host("web-01"), a_host("web-02")
    Host.objects.filter(pk=later.pk).update(scan_due_at=NOON + timedelta(hours=1))
    Host.objects.filter(pk=never.pk).update(scan_due_at=None)

    assert ticking.claim_due(at=NOON) == 0


def test_the_tick_takes_up_a_scan_whose_worker_died():
    scan = a_scan(a_host(), state=Scan.State.RUNNING, attempts=1, lease_until=NOON - timedelta(seconds=1))

    ticking.retake(at=NOON)

    scan.refresh_from_db()
    assert scan.state == Scan.State.QUEUED
    assert sent() == [scan.pk]


def test_a_scan_that_loses_its_worker_again_and_again_fails_in_words():
    scan = a_scan(
        a_host(), state=Scan.State.RUNNING, attempts=services.MOST_ATTEMPTS, lease_until=NOON - timedelta(seconds=1)
    )

    ticking.retake(at=NOON)

    scan.refresh_from_db()
    assert scan.state == Scan.State.FAILED
    assert "interrupted 3 times" in str(scan.failure)
    assert Host.objects.get().state == Host.State.NEW  # the worker was lost, not the host
    assert sent() == []


def test_the_tick_sends_again_what_the_queue_forgot():
    forgotten = a_scan(a_host("web-01"), at=NOON - timedelta(minutes=5))
    a_scan(a_host("web-02"), at=NOON)
    Host.objects.update(scan_due_at=None)

    ticking.tick(at=NOON)

    assert sent() == [forgotten.pk]


def test_a_dead_queue_leaves_the_scan_queued(django_capture_on_commit_callbacks):
    with queueing.broker(queueing.NOWHERE), django_capture_on_commit_callbacks(execute=True):
        scan = services.request(a_host(), trigger=Scan.Trigger.MANUAL, at=NOON)

    scan.refresh_from_db()
    assert scan.state == Scan.State.QUEUED


def test_an_unchanged_rescan_costs_the_same_statements_at_any_size():
    small, large = a_host("build-01"), a_host("web-01")
    counts = []
    for host in (small, large):
        run(host)
        scan = a_scan(host)
        with CaptureQueriesContext(connection) as queries:
            services.run(scan.pk)
        counts.append([q["sql"].split()[0] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))])

    assert counts[0] == counts[1]
    assert len(counts[0]) <= 8


def test_what_was_fixed_is_resolved_and_what_comes_back_is_reopened():
    host = a_host("db-paris", at=timezone.now())
    today = timezone.now().date()
    Connection.objects.filter(host=host).update(address=engine.address("db-paris", today + timedelta(days=40)))
    run(Host.objects.get(pk=host.pk))
    finding = Finding.objects.get(host=host, check_name="secret-in-environment", subject_name="postgres")
    assert finding.state == "open"

    Connection.objects.filter(host=host).update(address=engine.address("db-paris", today))
    run(Host.objects.get(pk=host.pk))
    finding.refresh_from_db()
    assert finding.state == "resolved"

    Connection.objects.filter(host=host).update(address=engine.address("db-paris", today + timedelta(days=40)))
    run(Host.objects.get(pk=host.pk))
    finding.refresh_from_db()
    assert finding.state == "open"
    assert [each.why for each in finding.transitions.all()] == ["seen", "fixed", "reopened"]
