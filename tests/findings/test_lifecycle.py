"""The life of findings, as a pure function: examples first, then any sequence of scans."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secdash.checks.engine import SubjectRef, Verdict
from secdash.checks.outcome import Outcome, Severity, Status
from secdash.facts.message import say
from secdash.findings.lifecycle import CLOSING, Moved, Opened, Refreshed, Seen, Standing, reconcile

KEYS = ("shop/web/1", "shop/db/1", "cron")
CHECKS = ("privileged-container", "no-memory-limit")


def a_verdict(status, check="privileged-container", key="shop/web/1", evidence=()):
    return Verdict(check, Severity.HIGH, SubjectRef("container", key, key), Outcome(status, say("Because."), evidence))


def a_failure(fingerprint="same", **options):
    return Seen(a_verdict(Status.FAIL, **options), fingerprint)


def standing(state="open", fingerprint="same", key="shop/web/1"):
    return Standing(7, ("privileged-container", "container", key), state, fingerprint)


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


def test_an_accepted_finding_stays_accepted_while_it_fails_and_is_resolved_when_it_passes():
    assert reconcile([standing("accepted")], [a_failure()], [], LISTED) == []
    assert reconcile([standing("accepted")], [], [a_verdict(Status.PASS)], LISTED) == [
        Moved(7, "accepted", "resolved", "fixed")
    ]


def test_a_resolved_finding_stays_resolved_while_nothing_fails():
    assert reconcile([standing("resolved")], [], [a_verdict(Status.PASS)], LISTED) == []


scans = st.lists(
    st.fixed_dictionaries(
        {
            "complete": st.booleans(),
            "verdicts": st.dictionaries(
                st.tuples(st.sampled_from(CHECKS), st.sampled_from(KEYS)), st.sampled_from(list(Status))
            ),
        }
    ),
    max_size=8,
)


@given(scans)
def test_whatever_the_scans_no_finding_is_doubled_or_closed_without_evidence(sequence):
    state: dict[tuple[str, str, str], str] = {}
    opened = resolved = 0
    for scan in sequence:
        there = frozenset(key for _, key in scan["verdicts"])
        listed = {"container": there} if scan["complete"] else {}
        verdicts = [a_verdict(status, check, key) for (check, key), status in scan["verdicts"].items()]
        rows = dict(enumerate(state))
        before = dict(state)
        changes = reconcile(
            [Standing(number, identity, state[identity], "same") for number, identity in rows.items()],
            [Seen(verdict, "same") for verdict in verdicts if verdict.status is Status.FAIL],
            [verdict for verdict in verdicts if verdict.status in CLOSING],
            listed,
        )
        for change in changes:
            if isinstance(change, Opened):
                assert change.seen.identity not in state
                state[change.seen.identity] = "open"
                opened += 1
                continue
            assert isinstance(change, Moved)
            identity = rows[change.pk]
            assert change.was == before[identity] != change.now
            if change.now == "resolved":
                check, _, key = identity
                status = scan["verdicts"].get((check, key))
                assert status in CLOSING or (scan["complete"] and key not in there)
                resolved += 1
            else:
                opened += 1
            state[identity] = change.now
        assert opened - resolved == list(state.values()).count("open")
