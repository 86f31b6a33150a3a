"""What Prometheus is told, and who is told what."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families as families

from secdash.accounts.models import User
from secdash.accounts.roles import Role
from secdash.api import metrics
from secdash.api.models import Scope
from secdash.findings.models import Finding
from secdash.fleet.models import Group, Host
from secdash.scans import ticking
from tests.api.world import a_program
from tests.cast import a_member
from tests.posture.world import a_fleet

pytestmark = pytest.mark.django_db


def told(program):
    """{(name, labels): value}, as a Prometheus would read it."""
    answer = program.get("/metrics")
    assert answer.status_code == 200, answer.content
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families(answer.text)
        for sample in family.samples
    }


def test_posture_and_operation_are_told():
    hosts = a_fleet(2, 2)
    Host.objects.filter(pk=hosts[0].pk).update(group=Group.objects.create(name="Lab", slug="lab"))

    found = told(a_program(Role.VIEWER, Scope.METRICS))

    critical = Finding.objects.open().filter(severity=4, host=hosts[0]).count()
    lab = ("secdash_findings", ("group", "lab"), ("severity", "critical"), ("state", "open"))
    assert found[lab] == critical > 0
    assert 0 <= found["secdash_score", ("group", "lab")] <= 100
    assert found["secdash_hosts", ("state", "reachable")] == 2
    assert found["secdash_scans", ("state", "done")] == 2
    assert found["secdash_scan_oldest_due_seconds",] > 0
    assert [value for (name, *_labels), value in found.items() if name == "secdash_info"] == [1]


def test_when_the_beat_last_ticked_is_told_to_whoever_sees_all():
    never = told(a_program(Role.VIEWER, Scope.METRICS))
    now = timezone.now()
    ticking.tick(at=now)

    assert never["secdash_last_tick_timestamp_seconds",] == 0
    assert told(a_program(Role.VIEWER, Scope.METRICS))["secdash_last_tick_timestamp_seconds",] == now.timestamp()


def test_many_groups_do_not_become_many_series(monkeypatch):
    monkeypatch.setattr(metrics, "MOST_GROUPS", 1)
    for number, host in enumerate(a_fleet(3, 1)):
        host.group = Group.objects.create(name=f"g{number}", slug=f"g{number}")
        host.save()

    found = told(a_program())

    assert {labels[0][1] for name, *labels in found if name == "secdash_findings"} == {"g0", metrics.OTHER}


def test_whoever_sees_some_hosts_is_told_nothing_of_the_installation():
    program = a_program(Role.VIEWER)
    User.objects.filter(pk=a_member().pk).update(reach=User.Reach.GROUPS)

    found = told(program)

    assert not {name for name, *_labels in found} & {"secdash_info", "secdash_deliveries"}


def test_the_number_of_queries_does_not_grow(django_assert_max_num_queries):
    a_fleet(6, 2)

    with django_assert_max_num_queries(25):
        metrics.exposition(a_member(), at=timezone.now())


def test_metrics_need_a_token_of_their_scope():
    answers = [
        Client().get("/metrics"),
        a_program(Role.ADMINISTRATOR, Scope.READ).get("/metrics"),
        a_program(Role.VIEWER, Scope.METRICS).get("/api/v1/hosts"),
        a_program(Role.VIEWER, Scope.METRICS).get("/metrics"),
    ]

    assert [answer.status_code for answer in answers] == [401, 403, 403, 200]
