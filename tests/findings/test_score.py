"""The score's arithmetic."""

from __future__ import annotations

import pytest

from secdash.checks.outcome import Severity, Status
from secdash.findings.score import grade, score

CRITICAL, HIGH, MEDIUM, LOW, INFO = reversed(Severity)
PASS, FAIL, UNKNOWN = Status.PASS, Status.FAIL, Status.UNKNOWN


def test_is_the_share_of_the_weight_that_passed():
    assert score([(MEDIUM, PASS), (MEDIUM, PASS), (MEDIUM, PASS), (MEDIUM, FAIL)]).value == 75


def test_unknown_lowers_what_is_assessed_and_nothing_else():
    seen = score([(MEDIUM, PASS), (HIGH, UNKNOWN), (MEDIUM, Status.NOT_APPLICABLE)])

    assert (seen.value, seen.assessed) == (100, 0.5)


@pytest.mark.parametrize(("severity", "held_at"), [(CRITICAL, 59), (HIGH, 79)])
def test_an_open_failure_of_weight_holds_the_score(severity, held_at):
    seen = score([(CRITICAL, PASS)] * 50 + [(severity, FAIL)])

    assert seen.value == held_at
    assert seen.held_by is severity
    assert seen.uncapped > held_at


def test_is_not_called_held_where_the_sum_is_lower_anyway():
    seen = score([(MEDIUM, PASS), (CRITICAL, FAIL)])

    assert (seen.value, seen.held_by) == (17, None)


def test_an_accepted_failure_is_in_neither_sum_and_holds_nothing():
    seen = score([(MEDIUM, PASS), (CRITICAL, FAIL)], accepted=[CRITICAL])

    assert (seen.value, seen.held_by) == (100, None)


def test_info_weighs_nothing():
    assert score([(INFO, FAIL), (LOW, PASS)]).value == 100


def test_nothing_assessed_has_no_score():
    seen = score([(HIGH, UNKNOWN)])

    assert (seen.value, seen.grade, seen.assessed) == (None, None, 0.0)


@pytest.mark.parametrize(
    ("value", "letter"), [(100, "A"), (90, "A"), (89, "B"), (70, "C"), (60, "D"), (59, "E"), (0, "E")]
)
def test_letters(value, letter):
    assert grade(value) == letter
