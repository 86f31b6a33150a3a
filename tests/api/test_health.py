"""What operators and their monitoring are told of the parts, and who is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from secdash.accounts.models import User
from secdash.accounts.roles import Role
from secdash.api.health import looking, stores, workers
from secdash.api.health.parts import Level, Part, worst
from secdash.api.models import Scope
from secdash.audit.recording import record
from secdash.fleet.models import Host
from secdash.scans import ticking
from secdash.scans.models import Scan
from secdash.watching import leases
from tests import queueing
from tests.api.world import a_program
from tests.cast import a_member, signed_in
from tests.posture.world import a_fleet

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    """No worker is here to be waited for."""
    monkeypatch.setattr(workers, "PATIENCE", 0.01)


def by_name():
    return {part.name: part for part in looking.look(at=timezone.now())}


def test_a_new_installation_is_told_what_is_missing():
    found = by_name()

    assert {name for name, part in found.items() if part.level is Level.GOOD} >= {"database", "queue", "scans"}
    assert {name for name, part in found.items() if part.level is Level.BAD} == {"worker", "sender", "clock"}
    assert found["backup"].level is Level.WARN
    assert all(part.todo for part in found.values() if part.level is not Level.GOOD)


def test_what_works_is_in_order():
    ticking.tick(at=timezone.now())
    record("backup.made", name="first.zip", at=timezone.now())
    leases.beat("one", at=timezone.now(), lease=timedelta(seconds=20))

    found = by_name()

    assert {found[name].level for name in ("clock", "backup", "watcher")} == {Level.GOOD}


def test_a_clock_that_stopped_and_scans_that_wait_are_said():
    ticking.tick(at=NOW - timedelta(hours=2))
    (host,) = a_fleet(1, 1)
    Scan.objects.create(host=host, created_at=NOW - timedelta(minutes=20), trigger="manual")

    found = by_name()

    assert found["clock"].level is Level.BAD
    assert found["scans"].level is Level.WARN
    assert found["scans"].said.startswith("1 scan waits")


def test_a_queue_that_is_away_is_said_without_its_address():
    with queueing.broker(queueing.NOWHERE):
        part = stores.queue()

    assert (part.level, part.said) == (Level.BAD, "It does not answer.")
    assert "queue.sock" not in part.todo


@pytest.mark.services
def test_workers_that_answer_are_counted(redis_url):
    from celery.contrib.testing.worker import start_worker

    from secdash.celery import app

    with queueing.broker(redis_url), pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.conf, "broker_read_url", redis_url)
        patch.setattr(workers, "PATIENCE", 3.0)
        with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
            serving = workers.serving()

    assert dict(serving) == {"secdash": 1, "secdash-messages": 1}
    assert workers.scanners(serving).level is workers.senders(serving).level is Level.GOOD


def test_the_worst_part_says_how_the_whole_is():
    good, bad = Part("a", "A", Level.GOOD, ""), Part("b", "B", Level.BAD, "")

    assert [worst([good, bad, good]), worst([good]), worst([])] == [Level.BAD, Level.GOOD, Level.GOOD]


def test_the_page_says_it_in_words_and_names_no_host():
    (host,) = a_fleet(1, 1)
    Host.objects.filter(pk=host.pk).update(name="very-secret-name")

    page = signed_in(Role.OPERATOR).get("/settings/health/")

    assert page.status_code == 200
    assert "It never ticked." in page.text
    assert "very-secret-name" not in page.text


def test_it_is_for_those_who_operate_all_hosts():
    assert signed_in(Role.VIEWER).get("/settings/health/").status_code == 403


def test_programs_read_the_same_with_a_token_for_metrics():
    said = a_program(Role.VIEWER, Scope.METRICS).get("/health/dependencies").json()

    assert said["status"] == "bad"
    assert {"database", "queue", "worker", "sender", "clock", "scans", "messages", "watcher", "backup"} <= {
        part["name"] for part in said["parts"]
    }


def test_others_learn_nothing():
    some = a_program(Role.VIEWER, Scope.METRICS)
    User.objects.filter(pk=a_member().pk).update(reach=User.Reach.GROUPS)
    answers = [
        Client().get("/health/dependencies"),
        a_program(Role.ADMINISTRATOR, Scope.READ).get("/health/dependencies"),
        some.get("/health/dependencies"),
    ]

    assert [answer.status_code for answer in answers] == [401, 403, 403]
    assert not any(b"parts" in answer.content for answer in answers)
