"""Acceptances in the database: what services write, within the policy, beside scans and one another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.facts.model import Unknown
from secdash.findings import deciding, policy
from secdash.findings.accepting import NotAcceptable, accept, end, take_back
from secdash.findings.expiring import expire_due
from secdash.findings.models import Acceptance, Finding, SeverityPolicy, State
from secdash.findings.signals import acceptances_changed
from secdash.fleet.models import Group
from tests.build import UNSEEN
from tests.cast import a_member
from tests.findings.accepted import CHECK, REASON, an_acceptance, asked, history, in_days, the_finding
from tests.fleet.hosts import a_host
from tests.posture.world import named, scan_of

pytestmark = pytest.mark.django_db


def unlimited(name, **facts):
    return named(name, memory=0, **facts)


@pytest.fixture
def host():
    made = a_host("web-01")
    scan_of(made, unlimited("app"), unlimited("job"), days_ago=1)
    return made


def states():
    return dict(Finding.objects.filter(check_name=CHECK).values_list("subject_key", "state"))


def test_accepting_one_finding_binds_it_to_what_was_last_seen_and_leaves_the_others_open(host):
    acceptance = an_acceptance("finding", finding=the_finding("app"))

    held = the_finding("app")
    assert states() == {"app": "accepted", "job": "open"}
    assert held.acceptance == acceptance
    assert held.bound_to["privileges"]["user"] == ["1000:1000"]
    assert history(held) == ["seen", "accepted"]
    last = held.transitions.last()
    assert (last.by, last.acceptance) == (a_member(Role.OPERATOR), acceptance)


@pytest.mark.parametrize(
    ("scope", "where", "held"),
    [
        ("host", {"host": "web-01"}, {"app", "job"}),
        ("group", {"group": "Shops"}, {"app", "job"}),
        ("project", {"project": "shop"}, {"app"}),
        ("image", {"image": "registry.example:5000/job"}, {"job"}),
        ("everywhere", {}, {"app", "job", "far"}),
    ],
)
def test_each_scope_holds_what_it_says(scope, where, held):
    near, far = a_host("web-01"), a_host("web-02")
    near.group = Group.objects.create(name="Shops", slug="shops")
    near.save()
    labels = (("com.docker.compose.project", "shop"),)
    scan_of(near, unlimited("app", labels=labels), unlimited("job", image="registry.example:5000/job:3"), days_ago=1)
    scan_of(far, unlimited("far", image="registry.example:5000/jobs:3"), days_ago=1)
    places = {"host": near, "group": near.group}
    an_acceptance(scope, **{name: places.get(name, value) for name, value in where.items()})

    assert {key for key, state in states().items() if state == "accepted"} == held


def test_what_a_container_gained_voids_its_acceptance_and_is_said(host):
    acceptance = an_acceptance("finding", finding=the_finding("app"))
    scan_of(host, unlimited("app", cap_add=("SYS_ADMIN",)), unlimited("job"))

    finding = the_finding("app")
    acceptance.refresh_from_db()
    assert (finding.state, finding.acceptance, finding.bound_to) == ("open", None, {})
    assert [str(gain) for gain in finding.transitions.last().gains] == ["It gained capabilities: SYS_ADMIN."]
    assert finding.transitions.last().acceptance == acceptance
    assert (acceptance.state, acceptance.ended) == ("ended", "voided")


def test_a_wide_acceptance_outlives_the_one_finding_that_was_voided_and_never_takes_it_again(host):
    acceptance = an_acceptance(covers="later")
    more = {"cap_add": ("SYS_ADMIN",)}
    scan_of(host, unlimited("app", **more), unlimited("job"))
    scan_of(host, named("app", **more), unlimited("job"))
    scan_of(host, unlimited("app", **more), unlimited("job"), unlimited("new"))

    acceptance.refresh_from_db()
    assert acceptance.state == "in_force"
    assert states() == {"app": "open", "job": "accepted", "new": "accepted"}
    assert history(the_finding("app")) == ["seen", "accepted", "voided", "fixed", "reopened"]
    assert history(the_finding("new")) == ["seen", "accepted"]


def test_what_could_not_be_seen_when_it_was_accepted_does_not_void_when_it_is_known():
    host = a_host("web-01")
    scan_of(host, unlimited("app", cap_add=UNSEEN), days_ago=1)
    an_acceptance()
    scan_of(host, unlimited("app", cap_add=("SYS_ADMIN",)))

    finding = the_finding("app")
    assert finding.state == "accepted"
    assert finding.bound_to["learnt"] == ["capabilities"]


def test_an_acceptance_of_what_stands_ends_with_the_last_of_it(host):
    acceptance = an_acceptance()
    scan_of(host, named("app"), unlimited("job"))
    acceptance.refresh_from_db()
    assert acceptance.state == "in_force"

    scan_of(host, named("app"))
    acceptance.refresh_from_db()
    assert (acceptance.state, acceptance.ended) == ("ended", "fulfilled")
    closed = the_finding("job").transitions.last()
    assert (closed.why, closed.acceptance, closed.lasted // 86400) == ("gone", acceptance, 1)


def test_an_acceptance_whose_last_day_is_over_opens_what_it_held_without_a_scan(host):
    acceptance = an_acceptance(until=in_days(2))
    assert expire_due(at=timezone.now() + timedelta(days=2)) == 0

    later = timezone.now() + timedelta(days=3)
    assert [expire_due(at=later), expire_due(at=later)] == [2, 0]
    acceptance.refresh_from_db()
    assert (acceptance.state, acceptance.ended) == ("ended", "expired")
    assert set(states().values()) == {"open"}
    assert the_finding("app").due_on == policy.due_on(the_finding("app").severity, later)


def test_expiring_takes_bounded_bites(host, monkeypatch):
    monkeypatch.setattr("secdash.findings.expiring.FINDINGS_A_TICK", 1)
    acceptance = an_acceptance(until=in_days(0))
    later = timezone.now() + timedelta(days=1)

    assert expire_due(at=later) == 1
    acceptance.refresh_from_db()
    assert acceptance.state == "in_force"
    assert expire_due(at=later) == 1
    acceptance.refresh_from_db()
    assert acceptance.state == "ended"


def test_ending_early_returns_what_it_held_and_once_only(host):
    acceptance = an_acceptance()
    boss = a_member(Role.ADMINISTRATOR)

    assert [end(acceptance, by=boss, at=timezone.now()) for _ in range(2)] == [2, 0]
    assert (acceptance.state, acceptance.ended, acceptance.ended_by) == ("ended", "withdrawn", boss)
    assert history(the_finding("app")) == ["seen", "accepted", "returned"]


def test_taking_one_finding_back_leaves_the_rest_of_the_acceptance(host):
    acceptance = an_acceptance()
    boss = a_member(Role.ADMINISTRATOR)

    assert take_back([the_finding("app").pk], by=boss, at=timezone.now()) == 1
    assert states() == {"app": "open", "job": "accepted"}
    take_back([the_finding("job").pk], by=boss, at=timezone.now())
    acceptance.refresh_from_db()
    assert (acceptance.ended, acceptance.ended_by) == ("withdrawn", boss)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reason": "  "}, "Say why"),
        ({"until": None}, "for at most 180 days. Give its last day."),
        ({"until": in_days(400)}, "for at most 180 days: until"),
        ({"until": in_days(-1)}, "over"),
        ({"check_name": "no-such-check"}, "about"),
        ({"scope": "host"}, "about"),
        ({"check_name": "privileged-container"}, "Nothing stands open"),
    ],
)
def test_what_the_policy_or_good_sense_forbids_is_refused_and_nothing_is_written(host, change, said):
    with pytest.raises(NotAcceptable, match=said):
        accept(asked()._replace(**change), by=a_member(Role.OPERATOR), at=timezone.now())

    assert not Acceptance.objects.exists()
    assert set(states().values()) == {"open"}


@pytest.mark.parametrize(("days", "said"), [(1, "at most 1 day[:.]"), (2, "at most 2 days[:.]")])
@pytest.mark.parametrize("until", [None, in_days(30)])
def test_one_day_is_told_as_one(host, days, said, until):
    SeverityPolicy.objects.update(accept_days=days)

    with pytest.raises(NotAcceptable, match=said):
        an_acceptance(until=until)


def test_never_ends_is_possible_only_where_the_policy_sets_no_limit(host):
    SeverityPolicy.objects.filter(severity=the_finding("app").severity).update(accept_days=None)

    assert an_acceptance(until=None).until is None


def test_the_same_words_again_go_on_where_they_were_interrupted(host):
    first = an_acceptance()
    Finding.objects.filter(pk=the_finding("job").pk).update(state=State.OPEN, acceptance=None)

    assert an_acceptance() == first
    assert states() == {"app": "accepted", "job": "accepted"}
    assert Acceptance.objects.count() == 1


def needs_approval():
    SeverityPolicy.objects.update(approvals=1)


def test_a_second_person_approves_and_only_what_was_asked_for_is_held(host):
    needs_approval()
    acceptance = an_acceptance()
    assert (acceptance.state, states()["app"]) == ("waiting", "open")
    scan_of(host, unlimited("app"), unlimited("job"), unlimited("new"))

    with pytest.raises(NotAcceptable, match="you asked"):
        deciding.approve(acceptance, by=a_member(Role.OPERATOR), at=timezone.now())
    reviewer = a_member(Role.REVIEWER)
    assert deciding.approve(acceptance, by=reviewer, at=timezone.now()) == 2
    assert (acceptance.state, acceptance.decided_by) == ("in_force", reviewer)
    assert states() == {"app": "accepted", "job": "accepted", "new": "open"}


def test_of_an_approval_and_a_withdrawal_at_once_one_is_told(host):
    needs_approval()
    acceptance = an_acceptance()
    as_the_reviewer_saw_it = Acceptance.objects.get(pk=acceptance.pk)
    end(acceptance, by=a_member(Role.OPERATOR), at=timezone.now())

    with pytest.raises(NotAcceptable, match="in the meantime"):
        deciding.approve(as_the_reviewer_saw_it, by=a_member(Role.REVIEWER), at=timezone.now())
    assert set(states().values()) == {"open"}
    assert as_the_reviewer_saw_it.ended == "withdrawn"


def test_refusing_asks_for_a_reason_and_what_nobody_approves_in_time_ends(host):
    needs_approval()
    refused, forgotten = an_acceptance(), an_acceptance(reason="Other words.", until=in_days(1))
    reviewer = a_member(Role.REVIEWER)

    with pytest.raises(NotAcceptable, match="why you refuse"):
        deciding.refuse(refused, by=reviewer, at=timezone.now(), answer=" ")
    deciding.refuse(refused, by=reviewer, at=timezone.now(), answer="Set the limit.")
    expire_due(at=timezone.now() + timedelta(days=2))
    forgotten.refresh_from_db()
    assert (refused.state, refused.answer) == ("refused", "Set the limit.")
    assert (forgotten.state, forgotten.ended) == ("ended", "expired")


def test_hosts_are_told_what_began_and_ended(host):
    told = []

    def listen(**sent):
        told.append((sent["hosts"], sent["begun"], sent["ended"]))

    acceptances_changed.connect(listen)
    try:
        end(an_acceptance(), by=a_member(Role.OPERATOR), at=timezone.now())
    finally:
        acceptances_changed.disconnect(listen)
    assert told == [([host.pk], {host.pk: 2}, {}), ([host.pk], {}, {host.pk: 2})]


def test_a_scan_that_judged_while_an_acceptance_ended_does_not_bring_it_back(host, monkeypatch):
    acceptance = an_acceptance(covers="later")
    from secdash.findings import services

    judged = services.reconcile

    def while_somebody_ends_it(*arguments):
        changes = judged(*arguments)
        end(acceptance, by=a_member(Role.OPERATOR), at=timezone.now())
        return changes

    monkeypatch.setattr(services, "reconcile", while_somebody_ends_it)
    scan_of(host, unlimited("app"), unlimited("job"), unlimited("new"))

    assert states()["new"] == "open"
    assert not Finding.objects.filter(acceptance=acceptance).exists()


def test_a_label_proposes_once_and_never_accepts(host):
    label = (("secdash.accept.no-memory-limit", REASON), ("secdash.accept.no-such-check", "x"))
    for _ in range(2):
        scan_of(host, unlimited("app", labels=label), unlimited("job"))
    proposal = Acceptance.objects.get()

    assert (proposal.state, proposal.finding, proposal.reason) == ("proposed", the_finding("app"), REASON)
    assert states()["app"] == "open"
    deciding.decline(proposal, by=a_member(Role.OPERATOR), at=timezone.now(), answer="No\0.")
    scan_of(host, unlimited("app", labels=label), unlimited("job"))
    assert Acceptance.objects.get().answer == "No."


def test_a_proposal_that_was_declined_while_somebody_took_it_up_stays_declined_and_stops_nobody(host):
    scan_of(host, unlimited("app", labels=(("secdash.accept.no-memory-limit", REASON),)), unlimited("job"))
    proposal, at = Acceptance.objects.get(), timezone.now()
    deciding.decline(Acceptance.objects.get(), by=a_member(Role.OPERATOR), at=at)

    deciding.take_up(proposal, by=a_member(Role.ADMINISTRATOR), at=at)

    assert (proposal.state, proposal.decided_by_name) == ("refused", a_member(Role.OPERATOR).display_name)


def test_a_proposal_follows_its_label(host):
    scan_of(host, unlimited("app", labels=(("secdash.accept.no-memory-limit", "One."),)), unlimited("job"))
    scan_of(host, unlimited("app", labels=Unknown(UNSEEN.why)), unlimited("job"))
    assert Acceptance.objects.get().state == "proposed"

    scan_of(host, unlimited("app", labels=(("secdash.accept.no-memory-limit", "Two."),)), unlimited("job"))
    assert list(Acceptance.objects.order_by("pk").values_list("state", "reason")) == [
        ("ended", "One."),
        ("proposed", "Two."),
    ]
