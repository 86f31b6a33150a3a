"""Days added up: carried forward, ended where a host is gone, cut into weeks and months, held against each other."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from secdash.findings.durations import bin_of
from secdash.posture.trends import fixes, timing
from secdash.posture.trends.comparing import Side, figures
from secdash.posture.trends.happenings import Happening, Kind, Marks, biggest_moves, happenings, labelled, telling
from secdash.posture.trends.periods import A_DAY, LONGEST, Period, Step
from secdash.posture.trends.series import MOVING, STANDING, Change, Day, moved, summed

FIRST = date(2026, 11, 2)  # a Monday
WEEK = Period(FIRST, FIRST + 6 * A_DAY)
HOUR = 3600


def day(number):
    return FIRST + timedelta(days=number)


def change(number, sign=1, group=1, opened=0, **standing):
    values = [standing.get(name, 0) for name in STANDING]
    return Change(sign, day(number), group, values, [opened if name == "opened" else 0 for name in MOVING])


def scored(number, score, sign=1, group=1, **more):
    return change(number, sign, group, hosts=1, scored=1, score_sum=score, **more)


def marks(number, group=1, added=0, removed=0, name="", catalogues=()):
    return Marks(day(number), group, added, name, removed, name, frozenset(catalogues))


def days_of(*scores):
    return [Day() if score is None else Day(hosts=1, scored=1, score_sum=score) for score in scores]


def side(*days):
    return Side("", Period(FIRST, FIRST + (len(days) - 1) * A_DAY), list(days), Counter())


def test_a_day_without_a_row_says_what_the_last_one_said():
    days = summed([scored(1, 60), scored(4, 60, sign=-1), scored(4, 80)], WEEK).of(None)

    assert [each.score for each in days] == [None, 60, 60, 60, 80, 80, 80]


def test_what_stood_before_the_period_counts_from_its_first_day_on():
    days = summed([scored(-40, 60), scored(-20, 60, sign=-1), scored(-20, 70)], WEEK).of(None)

    assert [each.score for each in days] == [70] * 7
    assert [each.hosts for each in days] == [1] * 7


def test_what_moved_before_the_period_does_not_count_and_what_ceases_to_stand_moves_nothing():
    days = summed([scored(-1, 60, opened=5), scored(2, 60, sign=-1, opened=5), scored(2, 60, opened=3)], WEEK).of(None)

    assert [each.opened for each in days] == [0, 0, 3, 0, 0, 0, 0]


def test_a_host_that_is_gone_counts_no_longer():
    gone = [scored(0, 60), scored(0, 90), scored(3, 60, sign=-1), change(3, resolved=4)]

    assert [each.score for each in summed(gone, WEEK).of(None)] == [75, 75, 75, 90, 90, 90, 90]


def test_a_host_without_a_score_is_no_part_of_the_mean():
    days = summed([scored(0, 60), change(0, hosts=1, critical=2)], WEEK).of(None)

    assert (days[0].score, days[0].hosts, days[0].open) == (60, 2, 2)


def test_groups_are_kept_apart_and_all_together_are_their_sum():
    sums = summed(
        [scored(0, 60, group=1), scored(2, 80, group=2), scored(4, 60, sign=-1), scored(4, 50, group=2)], WEEK
    )

    assert [each.score for each in sums.of(1)] == [60, 60, 60, 60, None, None, None]
    assert [each.score for each in sums.of(2)] == [None, None, 80, 80, 65, 65, 65]
    assert [each.score_sum for each in sums.of(None)] == [60, 60, 140, 140, 130, 130, 130]
    assert sums.of(9) == [Day()] * 7


def test_two_periods_one_after_the_other_are_one():
    whole = [scored(0, 60, group=1), scored(3, 60, sign=-1), scored(3, 70, group=2, opened=2)]
    early, late = Period(day(0), day(2)), Period(day(3), day(6))
    before_late = [scored(0, 60), *whole[1:]]

    joined = summed(whole, early).followed_by(summed(before_late, late))

    assert joined.period == WEEK
    assert [joined.of(group) for group in (None, 1, 2)] == [summed(whole, WEEK).of(group) for group in (None, 1, 2)]


def test_shares_survive_adding_and_taking_away():
    there_and_gone = [change(0, judged=1, assessed_sum=share) for share in (0.1, 0.7, 0.97)]
    there_and_gone += [change(1, sign=-1, judged=1, assessed_sum=share) for share in (0.7, 0.1)]

    days = summed(there_and_gone, WEEK).of(None)

    assert [each.assessed for each in days[:2]] == [pytest.approx(0.59), pytest.approx(0.97)]


@pytest.mark.parametrize(
    ("length", "step", "count"),
    [(7, Step.DAY, 7), (31, Step.DAY, 31), (90, Step.WEEK, 14), (184, Step.WEEK, 27), (365, Step.MONTH, 13)],
)
def test_flows_are_counted_by_what_fits_the_range(length, step, count):
    period = Period.ending(date(2026, 11, 27), length)
    steps = list(period.steps())

    assert period.step is step
    assert len(steps) == count
    assert sum(each.length for each in steps) == length
    assert (steps[0].first, steps[-1].last) == period


def test_a_step_sums_what_moved_and_says_how_it_ended():
    period = Period(day(-1), day(7))
    days = [Day(opened=number, critical=number) for number in range(9)]
    period_of_weeks = Period(period.first, period.first + 39 * A_DAY)
    padded = [*days, *[Day()] * 31]

    weeks = moved(padded, period_of_weeks)

    assert [each.opened for _week, each in weeks[:3]] == [0, sum(range(1, 8)), 8]
    assert [each.critical for _week, each in weeks[:2]] == [0, 7]


def test_a_range_is_cut_to_what_can_be_shown_and_never_lies_ahead():
    today = day(0)

    assert Period.between(day(-5), day(9), today) == Period(day(-5), today)
    assert Period.between(day(-4000), today, today).length == LONGEST
    for first, last in ((None, today), (today, None), (day(-1), day(-2)), (day(1), day(2))):
        assert Period.between(first, last, today) is None
    assert WEEK.before == Period(day(-7), day(-1))
    months = list(Period(date(2026, 1, 31), date(2026, 3, 30)).months())
    assert [each.is_month for each in months] == [False, True, False]


def test_figures_compare_the_first_day_with_hosts_with_the_last():
    days = [Day(), Day(2, 2, 120, critical=3, opened=3), Day(2, 2, 150, critical=1, resolved=2, fixed_in_time=1)]

    one = figures(side(*days))

    assert (one.score_before, one.score, one.change) == (60, 75, 15)
    assert (one.open_before, one.open, one.open_change) == (3, 1, -2)
    assert (one.opened, one.resolved, one.in_time, one.median) == (3, 2, 1.0, None)


def test_the_day_compared_stands_as_far_from_the_beginning():
    other = side(*days_of(50, None))

    assert other.score_at(0) == (FIRST, 50)
    assert other.score_at(1) == (day(1), None)
    assert other.score_at(2) == (None, None)
    assert not other.has_history


def bins(*hours):
    return Counter(bin_of(each * HOUR) for each in hours)


def test_times_to_fix_add_up_over_days_and_groups():
    def row(group, severity, *hours):
        [(number, count)] = bins(*hours).items()
        return group, severity, number, count

    one = fixes.added([row(1, "high", 24), row(None, "high", 48), row(None, "low", 5)])
    other = fixes.added([row(1, "high", 24, 24)])

    both = fixes.both(one, other)

    assert fixes.by_severity(both, 1)["high"] == bins(24, 24, 24)
    assert fixes.by_severity(both, None)["high"] == bins(24, 24, 24, 48)
    assert fixes.by_severity(both, 0)["low"] == bins(5)


def test_quartile_median_and_slowest_tenth_are_within_two_percent():
    spread = timing.spread(bins(*range(24, 24 * 101, 24)), target=30)

    assert spread.quickest == pytest.approx(25, rel=0.03)
    assert spread.median == pytest.approx(50, rel=0.03)
    assert spread.slowest == pytest.approx(90, rel=0.03)
    assert spread.in_time == pytest.approx(0.30, abs=0.02)


def test_nothing_fixed_is_nothing_known():
    spread = timing.spread(Counter(), target=7)

    assert (spread.median, spread.in_time, spread.drawn) == (None, None, None)


def test_severities_together_keep_each_its_own_target():
    spread = timing.spread_of_all({"critical": bins(24, 24 * 9), "info": bins(1)}, {"critical": 7, "info": None})

    assert spread.in_time == 0.5
    assert spread.fixed == 3


def test_the_scale_of_days_ends_where_it_ends():
    assert timing.place(0.0001) == "0%"
    assert timing.place(9999) == "100%"
    assert timing.place(None) == ""


def test_hosts_that_came_and_went_are_told_by_name_where_it_is_one():
    days = days_of(60, 60, 60, 60, 60, 60, 60)
    seen = [marks(0, added=3), marks(1, added=1, name="lab"), marks(2, removed=1), marks(2, group=2, removed=1)]

    told = happenings(seen, days, WEEK)

    assert told == [Happening(day(1), Kind.ADDED, 1, "lab"), Happening(day(2), Kind.REMOVED, 2, "")]


def test_the_first_hosts_of_all_are_no_event():
    assert happenings([marks(2, added=5)], days_of(None, None, 60, 60, 60, 60, 60), WEEK) == []


def test_a_catalogue_is_an_event_where_another_judged_before():
    seen = [
        marks(-3, catalogues=["a"]),
        marks(1, catalogues=["a"]),
        marks(2, catalogues=["b"]),
        marks(3, catalogues=["b"]),
    ]

    assert happenings(seen, days_of(*[60] * 7), WEEK) == [Happening(day(2), Kind.CATALOGUE)]
    assert happenings(seen[1:2], days_of(*[60] * 7), WEEK) == []


def test_marks_that_say_nothing_new_are_not_kept():
    seen = [
        marks(0, catalogues=["a"]),
        marks(1, catalogues=["a"]),
        marks(1, group=2, catalogues=["a"]),
        marks(2, added=1),
    ]

    assert telling(reversed(seen)) == [seen[0], seen[2], seen[3]]


def test_the_biggest_moves_come_first_and_small_ones_not_at_all():
    moves = biggest_moves(days_of(60, 60.4, 70, None, 70, 65, 90), WEEK)

    assert [(each.day, each.kind, round(each.size)) for each in moves] == [
        (day(6), Kind.ROSE, 25),
        (day(2), Kind.ROSE, 10),
        (day(5), Kind.FELL, 5),
    ]


def test_words_on_the_chart_never_stand_beside_each_other():
    year = Period.ending(day(0), 365)
    many = [Happening(year.first + number * A_DAY, Kind.ADDED, 1) for number in range(0, 365, 10)]

    named = sorted(each.day for each in labelled(many, year))

    assert 0 < len(named) <= 4
    assert all((b - a).days > 50 for a, b in pairwise(named))
