"""The parts of a score's move add up to the difference, whatever happened; and each is given to what did it."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as some

from secdash.checks.outcome import Severity, Status
from secdash.findings.score import weigh
from secdash.scans import moves
from secdash.scans.moves import Picture, Restated, between, restated, total
from secdash.scans.tallied import counted, tallied

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE
CHECKS = {
    "privileged-container": Severity.CRITICAL,
    "host-pid": Severity.HIGH,
    "no-memory-limit": Severity.MEDIUM,
    "no-healthcheck": Severity.LOW,
}


def picture(*rows, accepted=()):
    """From (check, key, status); `accepted` are (check, key)."""
    judged = {(check, "container", key): ((CHECKS[check], status),) for check, key, status in rows}
    return Picture(judged, {(check, "container", key): CHECKS[check] for check, key in accepted})


def tally_of(seen):
    return tallied((which[0], status) for which, ((_, status),) in seen.verdicts.items())


def score_of(seen):
    return weigh(counted(tally_of(seen)), seen.accepted.values()).value


def moved(old, new):
    found = between(score_of(old), tally_of(old), old, new)
    assert total(found) == score_of(new) - score_of(old)
    return found


GOOD = [("no-memory-limit", f"good-{number}", PASS) for number in range(5)]


@pytest.mark.parametrize(
    ("before", "after", "category"),
    [
        (("no-memory-limit", "a", FAIL), ("no-memory-limit", "a", PASS), "fixed"),
        (("no-memory-limit", "a", PASS), ("no-memory-limit", "a", FAIL), "failing"),
        (None, ("no-memory-limit", "a", FAIL), "new_subjects"),
        (("no-memory-limit", "a", FAIL), None, "gone_subjects"),
        (("no-memory-limit", "a", UNKNOWN), ("no-memory-limit", "a", FAIL), "assessed"),
        (("no-memory-limit", "a", FAIL), ("no-memory-limit", "a", NOT_APPLICABLE), "assessed"),
    ],
)
def test_each_kind_of_change_has_its_category(before, after, category):
    old, new = picture(*GOOD, *filter(None, [before])), picture(*GOOD, *filter(None, [after]))

    assert list(moved(old, new)) == [category]
    assert list(moved(old, new)[category]) == ["no-memory-limit"]


def test_what_is_accepted_and_returned_is_told_from_what_is_fixed():
    failing = [*GOOD, ("privileged-container", "a", FAIL)]
    open_, accepted = picture(*failing), picture(*failing, accepted=[("privileged-container", "a")])

    assert list(moved(open_, accepted)) == ["accepted"]
    assert list(moved(accepted, open_)) == ["returned"]
    assert list(moved(accepted, picture(*GOOD))) == []  # an accepted one that goes weighs nothing either way


def test_the_check_that_frees_the_score_is_given_what_it_frees():
    bad = [("privileged-container", "a", FAIL), *(("no-healthcheck", key, FAIL) for key in "abcd")]
    many = [("privileged-container", f"good-{number}", PASS) for number in range(9)]
    found = moved(picture(*many, *bad), picture(*many, *((check, key, PASS) for check, key, _ in bad)))

    assert found["fixed"] == {"privileged-container": 98 - 59, "no-healthcheck": 100 - 98}


def test_subjects_that_could_not_be_listed_did_not_come_or_go():
    unlisted = Picture({("no-memory-limit", "engine", "engine"): ((Severity.MEDIUM, UNKNOWN),)}, {})
    engine = Picture({("icc-enabled", "engine", "engine"): ((Severity.MEDIUM, FAIL),)}, {})
    old = Picture({**unlisted.verdicts, **engine.verdicts}, {})
    new = Picture({**picture(*GOOD).verdicts, **engine.verdicts}, {})

    assert list(moved(old, new)) == ["assessed"]
    assert list(moved(new, old)) == ["assessed"]


def test_what_the_catalogue_judges_otherwise_is_given_to_the_catalogue():
    judged_then = picture(*GOOD, ("no-healthcheck", "a", PASS))
    judged_now = picture(*GOOD, ("no-healthcheck", "a", FAIL), ("host-pid", "a", FAIL))
    found = between(score_of(judged_then), tally_of(judged_then), judged_now, judged_now)

    assert list(found) == ["catalogue"]
    assert set(found["catalogue"]) == {"host-pid", "no-healthcheck"}
    assert total(found) == score_of(judged_now) - score_of(judged_then)


def test_a_check_that_this_version_has_not_is_part_of_the_catalogues_move():
    new = picture(*GOOD, ("no-healthcheck", "a", FAIL))
    found = between(40, {**tally_of(new), "no-such-check": [0, 9, 0, 0]}, new, new)

    assert found == {"catalogue": {"": score_of(new) - 40}}


keys = some.sampled_from("abcd")
pictures = some.builds(
    lambda rows, accepted: picture(
        *((check, key, status) for (check, key), status in rows.items()),
        accepted=[each for each in accepted if rows.get(each) in (FAIL, UNKNOWN, None)],
    ),
    some.dictionaries(some.tuples(some.sampled_from(list(CHECKS)), keys), some.sampled_from(list(Status)), min_size=1),
    some.sets(some.tuples(some.sampled_from(list(CHECKS)), keys), max_size=3),
)


@given(pictures, pictures, pictures, some.integers(0, 100))
def test_the_points_always_add_up(then, old, new, stored):
    if score_of(new) is None:
        return
    found = between(stored, tally_of(then), old, new)

    assert stored + total(found) == score_of(new)
    assert all(points for checks in found.values() for points in checks.values())
    assert set(found) <= set(moves.CATEGORIES)


@given(pictures, pictures, some.lists(some.tuples(some.sampled_from(list(CHECKS)), some.booleans()), max_size=6))
def test_the_points_add_up_without_a_scan(old, now, changes):
    accepted = Counter(now.accepted.values())
    stored, end = score_of(old), weigh(counted(tally_of(now)), accepted.elements()).value
    if stored is None or end is None:
        return
    steps = [
        Restated("accepted" if more else "returned", name, CHECKS[name], 1 if more else -1) for name, more in changes
    ]

    assert stored + total(restated(stored, tally_of(old), tally_of(now), accepted, steps)) == end
