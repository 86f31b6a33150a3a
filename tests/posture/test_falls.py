"""The waterfall adds up to the difference of the means, exactly, whatever happened to hosts and their findings."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from secdash.checks.outcome import Severity, Status
from secdash.findings.score import weigh
from secdash.posture.days import Day, History
from secdash.posture.falls import HOSTS_REPLACED, UNKEPT, Row, daily, fall, largest
from secdash.scans.moves import Picture, Restated, between, restated, summed
from secdash.scans.tallied import counted, tallied

FIRST = date(2026, 9, 1)
LENGTH = 8
CHECKS = {"privileged-container": Severity.CRITICAL, "host-pid": Severity.HIGH, "no-memory-limit": Severity.MEDIUM}
EMPTY = Picture({}, {})


def on(day):
    return FIRST + timedelta(days=day)


def kinds(found):
    return {step.kind: step.points for step in found.steps}


def adds_up(found):
    assert found.start + sum(step.points for step in found.steps) == found.end
    for step in found.steps:
        if step.kind == HOSTS_REPLACED:  # by others, so that no host has a part in it
            assert (found.steps, step.parts) == ((step,), ())
        else:
            assert sum(part.points for part in step.parts) == step.points


def test_what_was_fixed_is_shared_by_all_hosts():
    before = [Row(1, on(0), 60), Row(2, on(0), 80), Row(3, on(0), 70)]
    found = fall(before, [Row(1, on(2), 72, moves={"fixed": {"host-pid": 12}})])

    assert (found.start, found.end) == (70, 74)
    assert kinds(found) == {"fixed": 4}
    assert found.steps[0].parts[0].check == "host-pid"
    adds_up(found)


def test_hosts_that_come_and_go_have_steps_of_their_own():
    before = [Row(1, on(0), 60), Row(2, on(0), 90)]
    within = [Row(2, on(1), None, gone=True), Row(3, on(2), 70), Row(3, on(3), 75, moves={"fixed": {"host-pid": 5}})]
    found = fall(before, within)

    assert kinds(found) == {"hosts_gone": -15, "hosts_new": Fraction(15, 2)}
    adds_up(found)


def test_a_host_that_changes_its_group_leaves_one_and_joins_the_other():
    before = [Row(1, on(0), 60), Row(2, on(0), 90), Row(3, on(0), 50, inside=False)]
    found = fall(before, [Row(2, on(1), 90, inside=False), Row(3, on(2), 50)])

    assert set(kinds(found)) == {"hosts_left", "hosts_joined"}
    adds_up(found)


def test_a_host_without_a_score_is_not_counted_until_it_has_one():
    found = fall([Row(1, on(0), 60), Row(2, on(0), None), Row(3, on(0), 40)], [Row(2, on(1), 80), Row(3, on(1), None)])

    assert set(kinds(found)) == {"hosts_scored", "hosts_unscored"}
    adds_up(found)


def test_days_that_kept_no_moves_are_a_step_of_their_own():
    found = fall([Row(1, on(0), 60)], [Row(1, on(1), 50), Row(1, on(2), 58, moves={"fixed": {"host-pid": 8}})])

    assert kinds(found) == {"fixed": 8, UNKEPT: -10}
    adds_up(found)


def test_when_all_hosts_were_replaced_that_is_all_that_can_be_said():
    found = fall([Row(1, on(0), 60)], [Row(1, on(1), None, gone=True), Row(2, on(1), 90)])

    assert kinds(found) == {"hosts_replaced": 30}


@pytest.mark.parametrize(
    ("before", "within"), [([], [Row(1, on(1), 60)]), ([Row(1, on(0), 60)], [Row(1, on(1), None)])]
)
def test_without_a_score_at_both_ends_there_are_no_steps(before, within):
    found = fall(before, within)

    assert found.steps == ()
    assert None in (found.start, found.end)


def test_the_days_that_moved_most_come_first():
    within = [Row(1, on(1), 61), Row(1, on(2), 50), Row(2, on(2), 90), Row(1, on(3), 53)]
    days = list(daily([Row(1, on(0), 60), Row(2, on(0), 80)], within))

    assert [(each.day, each.points) for each in days] == [
        (on(1), Fraction(1, 2)),
        (on(2), Fraction(-1, 2)),
        (on(3), Fraction(3, 2)),
    ]
    assert [each.day for each in largest(days, 2)] == [on(3), on(1)]


# What may happen to one host on one day. A host is a picture: check and container → (status, accepted).
events = some.one_of(
    some.just(("unscanned",)),
    some.just(("removed",)),
    some.just(("moved to another group",)),
    some.tuples(some.just("accepted or returned"), some.sampled_from(list(CHECKS)), some.sampled_from("ab")),
    some.tuples(
        some.just("scanned"),
        some.dictionaries(
            some.tuples(some.sampled_from(list(CHECKS)), some.sampled_from("ab")), some.sampled_from(list(Status))
        ),
        some.sets(some.sampled_from(list(CHECKS)), max_size=2),
        some.sampled_from(["", *CHECKS]),
    ),
)
fleets = some.dictionaries(some.integers(1, 4), some.lists(events, min_size=LENGTH, max_size=LENGTH), min_size=1)


class Simulated:
    """A host that is scanned, decided on, moved and removed; it keeps rows as recording does."""

    def __init__(self, host):
        self.host, self.picture, self.tally, self.score = host, None, {}, None
        self.inside, self.gone, self.rows = True, False, {}

    def live(self, day, event):
        if self.gone:
            return
        name, *details = event
        moves = getattr(self, f"_{name.split()[0]}")(*details)
        if moves is not None:
            self.rows[day] = Row(self.host, on(day), self.score, self.inside, self.gone, moves)

    def _unscanned(self):
        return None

    def _removed(self):
        if self.picture is None:
            return None
        self.gone, self.score = True, None
        return {}

    def _moved(self):
        self.inside = not self.inside

    def _accepted(self, check, container):
        if self.picture is None:
            return None
        which, before = (check, "container", container), self.score
        accepted = dict(self.picture.accepted)
        more = -1 if accepted.pop(which, None) is not None else 1
        if more == 1:
            accepted[which] = CHECKS[check]
        self.picture = self.picture._replace(accepted=accepted)
        self.score = self._weighed()
        if before is None or self.score is None:
            return {}
        counts = Counter(accepted.values())
        step = Restated("accepted" if more == 1 else "returned", check, CHECKS[check], more)
        return restated(before, self.tally, self.tally, counts, [step])

    def _scanned(self, statuses, accepted, forgotten):
        """`forgotten` is a check that the catalogue of the scan before had not."""
        judged = {(c, "container", key): ((CHECKS[c], status),) for (c, key), status in statuses.items()}
        held = {which: CHECKS[which[0]] for which in judged if which[0] in accepted}
        before, old, tally = self.score, self.picture or EMPTY, self.tally
        self.picture = Picture(judged, held)
        self.tally = tallied((which[0], status) for which, ((_, status),) in judged.items())
        self.score = self._weighed()
        if before is None or self.score is None:
            return {}
        known = {name: row for name, row in tally.items() if name != forgotten}
        return between(before, known, old, self.picture)

    def _weighed(self):
        return weigh(counted(self.tally), self.picture.accepted.values()).value


def lived(fleet):
    hosts = []
    for number, story in fleet.items():
        host = Simulated(number)
        for day, event in enumerate(story):
            host.live(day, event)
        hosts.append(host)
    return hosts


@settings(max_examples=100)
@given(fleets, some.integers(0, LENGTH - 2), some.integers(1, LENGTH - 1))
def test_it_adds_up_whatever_happens_and_nothing_is_left_unexplained(fleet, start, length):
    end = min(start + length, LENGTH - 1)
    hosts = lived(fleet)
    before = [host.rows[max(days)] for host in hosts if (days := [day for day in host.rows if day <= start])]
    within = [row for host in hosts for day, row in host.rows.items() if start < day <= end]
    found = fall(before, within)

    rows = [(row.host, row.day, Day(row.score if row.inside else None, ())) for row in [*before, *within]]
    shown = dict(History(rows, today=on(end), length=end - start + 1).scores())
    assert [shown[on(start)], shown[on(end)]] == [
        None if x is None else pytest.approx(float(x)) for x in (found.start, found.end)
    ]
    if None not in (found.start, found.end):
        adds_up(found)
    always_scored = all(row.score is not None or row.gone for row in [*before, *within])
    assert not always_scored or UNKEPT not in kinds(found)
    moved = sum((each.points for each in daily(before, within)), Fraction())
    if None not in (found.start, found.end) and all(_counted_every_day(hosts, start, end)):
        assert moved == found.end - found.start


def _counted_every_day(hosts, start, end):
    """Whether some host has a score on each of the days."""
    for day in range(start, end + 1):
        last = [host.rows[max(days)] for host in hosts if (days := [d for d in host.rows if d <= day])]
        yield any(row.inside and row.score is not None for row in last)


@given(
    some.lists(
        some.dictionaries(
            some.sampled_from(["fixed", "failing"]),
            some.dictionaries(some.sampled_from(list(CHECKS)), some.integers(-5, 5)),
        ),
        max_size=5,
    )
)
def test_moves_of_several_days_add_up(days):
    points = sum(n for moves in days for checks in moves.values() for n in checks.values())

    assert sum(n for checks in summed(days).values() for n in checks.values()) == points
