"""The geometry of the waterfall."""

from __future__ import annotations

import pytest
from django.utils import translation

from secdash.web.steps import Given, lines, signed, steps


def at(place):
    return float(place.removesuffix("%"))


def given(*points):
    return [Given(each, signed(each), "A step", "f-good") for each in points]


def test_each_bar_begins_where_the_one_before_ended():
    drawn = steps(60, given(10, -4, 2), 68, ("Start", "End"))
    first, second, third = drawn.bars

    assert at(first.y) + at(first.height) == pytest.approx(at(drawn.start.y), abs=0.02)
    assert at(first.y) == pytest.approx(at(second.y), abs=0.02)
    assert at(second.y) + at(second.height) == pytest.approx(at(third.y) + at(third.height), abs=0.02)
    assert at(third.y) == pytest.approx(at(drawn.end.y), abs=0.02)


def test_everything_stands_inside_the_plot():
    drawn = steps(0, given(100, -100, 0.01), 0.01, ("Start", "End"))

    assert all(0 <= at(bar.y) <= 100 and at(bar.y) + at(bar.height) <= 100 for bar in drawn.bars)
    assert 0 < at(drawn.start.x1) < at(drawn.end.x2) < 100
    assert at(drawn.bars[2].height) > 0.5  # what is almost nothing is seen still


def test_nothing_moved_draws_two_levels():
    drawn = steps(71, [], 71, ("Start", "End"))

    assert (drawn.bars, drawn.start.y, drawn.start.text) == ([], drawn.end.y, "71")
    assert drawn.grid


@pytest.mark.parametrize(
    ("points", "written"), [(4, "+4"), (-1.66, "−1.7"), (0, "±0"), (0.01, "+<0.1"), (-0.01, "−<0.1"), (12.04, "+12")]
)
def test_points_carry_their_sign(points, written):
    assert signed(points) == written


def test_labels_are_broken_between_words():
    assert lines("New on hosts") == ["New on", "hosts"]
    assert lines("Start 30\N{NO-BREAK SPACE}Nov") == ["Start", "30\N{NO-BREAK SPACE}Nov"]
    assert lines("Nouvellement défaillant") == ["Nouvellement", "défaillant"]


def test_numbers_have_the_decimal_point_of_the_reader_and_places_their_own():
    with translation.override("fr"):
        drawn = steps(67.1, given(-3.3), 63.8, ("Début", "Fin"))

        assert (drawn.start.text, drawn.bars[0].text, signed(0.004, digits=2)) == ("67,1", "−3,3", "+<0,01")
        assert "," not in drawn.bars[0].x + drawn.bars[0].height
