"""Durations in bins: medians of many hosts and days, without keeping each duration."""

from __future__ import annotations

import statistics
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from secdash.findings.durations import SHORTEST, bin_of, middle, quantile, summed

SECONDS = st.floats(min_value=SHORTEST, max_value=10 * 365 * 86400)


@given(SECONDS)
def test_the_middle_of_a_bin_is_near_each_duration_in_it(seconds):
    assert abs(middle(bin_of(seconds)) / seconds - 1) < 0.023


@given(SECONDS, SECONDS)
def test_longer_durations_never_stand_in_a_lower_bin(one, other):
    assert (bin_of(one) <= bin_of(other)) == (one <= other) or bin_of(one) == bin_of(other)


@given(st.lists(SECONDS, min_size=1, max_size=60))
def test_a_median_is_near_the_true_one(seconds):
    counts = Counter(map(bin_of, seconds))
    assert abs(quantile(counts, 0.5) / statistics.median_low(seconds) - 1) < 0.023


def test_what_was_fixed_at_once_stands_in_the_first_bin():
    assert bin_of(0) == bin_of(59.9) == 0 < bin_of(SHORTEST)
    assert middle(0) == SHORTEST


def test_stored_counts_add_up():
    assert summed([{"3": 1, "10": 2}, {"10": 5}]) == Counter({10: 7, 3: 1})


def test_quantiles_of_a_few():
    counts = {1: 9, 50: 1}
    assert quantile(counts, 0.5) == middle(1)
    assert quantile(counts, 0.9) == middle(1)
    assert quantile(counts, 0.91) == middle(50)
    assert quantile({}, 0.5) is None
