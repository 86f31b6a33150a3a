"""What people do to each other's findings reaches inboxes, by the services that pages call."""

from __future__ import annotations

import pytest
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.findings import assigning, bulk, talking
from secdash.findings.models import BulkAct, Finding
from secdash.messaging.models import Notice
from tests.cast import a_member
from tests.fleet.hosts import a_host
from tests.posture.world import named, scan_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def finding():
    scan_of(a_host("web-01"), named("app", memory=0))
    return Finding.objects.get(check_name="no-memory-limit")


def told(person):
    return list(Notice.objects.filter(user=person).values_list("kind", flat=True))


def test_who_is_given_a_finding_is_told_once_and_not_of_what_they_take(finding):
    viewer, operator = a_member(), a_member(Role.OPERATOR)
    assigning.assign([finding.pk], viewer, by=operator, at=NOW)
    assigning.assign([finding.pk], viewer, by=operator, at=timezone.now())
    assigning.assign([finding.pk], operator, by=operator, at=NOW)

    assert told(viewer) == [Notice.Kind.ASSIGNED]
    assert told(operator) == []


def test_who_is_named_in_a_comment_is_told_and_not_again_when_it_is_changed(finding):
    viewer, operator = a_member(), a_member(Role.OPERATOR)
    said = talking.comment(finding, "Ask @viewer.", by=operator, at=NOW)
    talking.change(said, "Ask @viewer, please.", by=operator, at=timezone.now())

    assert told(viewer) == [Notice.Kind.MENTIONED]


def test_who_did_not_wait_for_an_act_is_told_of_its_end(finding, monkeypatch):
    operator = a_member(Role.OPERATOR)
    arguments = {"due": None}
    bulk.request(BulkAct.Kind.DUE, arguments, Finding.objects.filter(pk=finding.pk), by=operator, at=NOW)
    few = told(operator)
    monkeypatch.setattr(bulk, "AT_ONCE", 0)
    act = bulk.request(BulkAct.Kind.DUE, arguments, Finding.objects.filter(pk=finding.pk), by=operator, at=NOW)
    bulk.run(act.pk)

    assert few == []
    assert told(operator) == [Notice.Kind.BULK]
