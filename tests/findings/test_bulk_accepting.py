"""Accepting the risk of many at once: one acceptance, within the policy, and taken back as it came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.findings import accepting, bulk, bulk_accepting, deciding
from secdash.findings.models import Acceptance, BulkAct, Finding, SeverityPolicy, State
from secdash.messaging.models import Notice
from tests.cast import a_member, signed_in
from tests.fleet.hosts import a_host
from tests.posture.world import named, scan_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = NOW.date()
SOON = TODAY + timedelta(days=20)


@pytest.fixture
def limits():
    """Findings without a memory limit, on two hosts; two of a critical severity beside them."""
    for name in ("web-01", "web-02"):
        scan_of(a_host(name, at=NOW - timedelta(days=1)), named("a", memory=0), named("b", memory=0, privileged=True))
    return Finding.objects.open().filter(check_name="no-memory-limit")


def accept(findings, **arguments) -> BulkAct:
    arguments = {"reason": "Batch jobs.", "until": SOON.isoformat(), **arguments}
    return bulk.request(BulkAct.Kind.ACCEPT, arguments, findings, by=a_member(Role.OPERATOR), at=timezone.now())


def states():
    return set(Finding.objects.filter(check_name="no-memory-limit").values_list("state", flat=True))


def test_one_acceptance_holds_all_that_were_chosen(limits):
    act = accept(limits)

    acceptance = Acceptance.objects.get()
    assert act.state == BulkAct.State.DONE
    assert (acceptance.scope, acceptance.covers, acceptance.until) == ("chosen", "present", SOON)
    assert acceptance.holding.count() == acceptance.chosen.count() == 4
    assert states() == {State.ACCEPTED}


def test_in_chunks_it_is_still_one(limits, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 1)

    accept(limits)

    assert Acceptance.objects.get().holding.count() == 4


def test_undone_each_is_open_again_but_what_somebody_took_back_before(limits):
    act = accept(limits)
    accepting.take_back([limits.model.objects.filter(state=State.ACCEPTED)[0].pk], by=a_member(Role.OPERATOR), at=NOW)

    bulk.undo(act, at=NOW)

    act.refresh_from_db()
    assert (act.state, bulk.kept(act)) == (BulkAct.State.UNDONE, 1)
    assert states() == {State.OPEN}
    assert Acceptance.objects.get().state == Acceptance.State.ENDED


def test_longer_than_the_policy_allows_nothing_is_accepted(limits):
    SeverityPolicy.objects.update(accept_days=10)

    act = accept(limits)

    assert act.state == BulkAct.State.FAILED
    assert "at most" in act.failure.text
    assert states() == {State.OPEN}
    assert not Acceptance.objects.exists()


def test_where_a_second_person_must_agree_it_waits_and_then_holds(limits):
    SeverityPolicy.objects.update(approvals=1)
    reviewer = a_member(Role.REVIEWER)

    accept(limits)
    waiting = (Acceptance.objects.get().state, states())
    told = Notice.objects.filter(user=reviewer).count()
    deciding.approve(Acceptance.objects.get(), by=reviewer, at=timezone.now())

    assert waiting == (Acceptance.State.WAITING, {State.OPEN})
    assert told == 1
    assert states() == {State.ACCEPTED}


def test_undone_while_it_waits_it_asks_nobody_any_more(limits):
    SeverityPolicy.objects.update(approvals=1)

    bulk.undo(accept(limits), at=NOW)

    assert Acceptance.objects.get().state == Acceptance.State.ENDED


def test_the_worst_of_what_stands_open_decides(limits):
    assert bulk_accepting.worst(limits).word == "medium"
    assert bulk_accepting.worst(Finding.objects.all()).word == "critical"
    assert bulk_accepting.worst(Finding.objects.none()) is None


def test_the_form_says_what_the_policy_allows_and_loses_no_word(limits):
    chosen = {"act": "accept", "sure": "1", "finding": [finding.pk for finding in limits]}
    send = {**chosen, "reason": "Batch jobs.", "until": (TODAY + timedelta(days=4000)).isoformat()}

    answer = signed_in(Role.OPERATOR).post(reverse("findings-act"), send)

    assert answer.status_code == 422
    assert "Batch jobs." in answer.content.decode()
    assert "the policy allows no day after" in answer.content.decode()
    assert states() == {State.OPEN}


def test_a_viewer_is_refused(limits):
    chosen = {"act": "accept", "sure": "1", "finding": [finding.pk for finding in limits]}

    assert signed_in().post(reverse("findings-act"), chosen).status_code == 403
