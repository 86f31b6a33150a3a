"""The life of findings, as a pure function, by examples. Any sequence of events is in `test_life_model`."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from secdash.checks.engine import SubjectRef, Verdict
from secdash.checks.outcome import Outcome, Severity, Status
from secdash.facts.message import say
from secdash.findings.binding import Bound
from secdash.findings.lifecycle import CLOSING, Accepting, Learnt, Moved, Opened, Refreshed, Seen, Standing, reconcile
from secdash.findings.scopes import Agreed, Scope

KEYS = ("shop/web/1", "shop/db/1", "cron")


def a_verdict(status, check="privileged-container", key="shop/web/1", evidence=()):
    return Verdict(check, Severity.HIGH, SubjectRef("container", key, key), Outcome(status, say("Because."), evidence))


def a_failure(fingerprint="same", **options):
    return Seen(a_verdict(Status.FAIL, **options), fingerprint)


def standing(state="open", fingerprint="same", key="shop/web/1", **options):
    return Standing(7, ("privileged-container", "container", key), state, fingerprint, int(Severity.HIGH), **options)


LISTED = {"container": frozenset(KEYS)}


def test_opens_a_finding_for_a_new_failure():
    failure = a_failure()

    assert reconcile([], [failure], [], LISTED) == [Opened(failure)]


def test_changes_nothing_while_the_same_failure_stands():
    assert reconcile([standing()], [a_failure()], [], LISTED) == []


def test_brings_new_evidence_without_a_change_of_state():
    failure = a_failure(fingerprint="other")

    assert reconcile([standing()], [failure], [], LISTED) == [Refreshed(7, failure)]


@pytest.mark.parametrize("status", CLOSING)
def test_closes_a_finding_once_its_check_passes_or_no_longer_applies(status):
    assert reconcile([standing()], [], [a_verdict(status)], LISTED) == [Moved(7, "open", "resolved", "fixed")]


def test_closes_a_finding_whose_subject_a_complete_listing_lacks():
    assert reconcile([standing(key="old")], [], [], LISTED) == [Moved(7, "open", "resolved", "gone")]


def test_an_incomplete_listing_closes_nothing():
    assert reconcile([standing(key="old")], [], [], {}) == []


def test_an_unknown_verdict_changes_nothing():
    assert reconcile([standing()], [], [], LISTED) == []


def test_reopens_what_comes_back_instead_of_opening_a_second():
    failure = a_failure()

    assert reconcile([standing("resolved")], [failure], [], LISTED) == [
        Moved(7, "resolved", "open", "reopened", failure)
    ]


DAY = date(2026, 11, 27)
PLACE = ("container", "shop/web/1")
HAD = {"capabilities": ["CHOWN"], "user": ["app"]}


def accepted(**options):
    return standing("accepted", acceptance=3, bound=Bound(3, int(Severity.HIGH), HAD), **options)


def accepting(scope=None, now=HAD, later=False, until=DAY, day=DAY):
    agreed = Agreed(3, scope or Scope(findings=frozenset({7})), until, later)
    return Accepting((agreed,), day, {PLACE: now}, host=1, group=2)


def test_an_accepted_finding_stays_accepted_while_its_acceptance_holds_and_is_resolved_when_it_passes():
    assert reconcile([accepted()], [a_failure()], [], LISTED, accepting()) == []
    assert reconcile([accepted()], [], [a_verdict(Status.PASS)], LISTED, accepting()) == [
        Moved(7, "accepted", "resolved", "fixed", acceptance=3)
    ]


def test_an_acceptance_is_void_once_its_subject_gained_privilege():
    now = {**HAD, "capabilities": ["CHOWN", "SYS_ADMIN"]}
    [move] = reconcile([accepted()], [a_failure()], [], LISTED, accepting(now=now))

    assert (move.now, move.why, move.acceptance) == ("open", "voided", 3)
    assert [str(gain) for gain in move.gains] == ["It gained capabilities: SYS_ADMIN."]


def test_a_gain_voids_also_where_the_check_itself_is_unknown():
    [move] = reconcile([accepted()], [], [], LISTED, accepting(now={**HAD, "user": ["root"]}))

    assert (move.why, str(move.gains[0])) == ("voided", "It runs as root now, before as app.")


def test_a_check_that_weighs_more_voids():
    light = Bound(3, int(Severity.MEDIUM), HAD)
    [move] = reconcile([standing("accepted", acceptance=3, bound=light)], [a_failure()], [], LISTED, accepting())

    assert (move.why, str(move.gains[0])) == ("voided", "Its severity rose to high.")


def test_what_was_not_known_is_no_gain_and_binds_from_then_on():
    now = {**HAD, "mounts": ["/srv"]}

    assert reconcile([accepted()], [a_failure()], [], LISTED, accepting(now=now)) == [
        Learnt(7, Bound(3, int(Severity.HIGH), now, ["mounts"]))
    ]
    assert reconcile([accepted()], [a_failure()], [], LISTED, accepting(now={"user": ["app"]})) == []


def test_an_acceptance_ends_after_its_last_day_whatever_the_scan_saw():
    over = accepting(day=DAY + timedelta(days=1))

    assert reconcile([accepted()], [], [], {}, over) == [Moved(7, "accepted", "open", "expired", acceptance=3)]
    assert reconcile([accepted()], [], [], {}, accepting()) == []


def test_what_turns_up_is_accepted_where_later_ones_are_covered():
    everywhere = Scope("privileged-container")
    held = Bound(3, int(Severity.HIGH), HAD)
    failure = a_failure()

    assert reconcile([], [failure], [], LISTED, accepting(everywhere, later=True)) == [Opened(failure, held)]
    assert reconcile([], [failure], [], LISTED, accepting(everywhere)) == [Opened(failure)]
    assert reconcile([standing("resolved")], [failure], [], LISTED, accepting(everywhere, later=True)) == [
        Moved(7, "resolved", "open", "reopened", failure),
        Moved(7, "open", "accepted", "accepted", acceptance=3, bound=held),
    ]
    assert reconcile([standing("open")], [failure], [], LISTED, accepting(everywhere, later=True)) == []


def test_what_comes_back_with_more_than_it_was_accepted_with_stays_open():
    before = standing("resolved", bound=Bound(3, int(Severity.HIGH), HAD))
    more = accepting(Scope("privileged-container"), later=True, now={**HAD, "user": ["root"]})
    [move] = reconcile([before], [a_failure()], [], LISTED, more)

    assert (move.why, [str(gain) for gain in move.gains]) == ("reopened", ["It runs as root now, before as app."])


def test_an_acceptance_never_takes_again_what_was_voided_or_taken_back_from_it():
    spurning = standing("resolved", spurned=frozenset({3}))
    wide = accepting(Scope("privileged-container"), later=True)

    assert [change.why for change in reconcile([spurning], [a_failure()], [], LISTED, wide)] == ["reopened"]


def test_a_finding_whose_acceptance_is_gone_is_open_again():
    assert reconcile([accepted()], [], [], LISTED) == [Moved(7, "accepted", "open", "returned", acceptance=3)]


def test_a_resolved_finding_stays_resolved_while_nothing_fails():
    assert reconcile([standing("resolved")], [], [a_verdict(Status.PASS)], LISTED) == []
