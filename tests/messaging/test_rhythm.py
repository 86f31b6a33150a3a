"""When a rule speaks next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secdash.messaging.rhythm import Rhythm, next_time

FRIDAY = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def after(rhythm, at=FRIDAY, **asked):
    return next_time(rhythm, at, **{"pause": 10, "weekday": 0, "hour": 8, "zone": "UTC", **asked})


def test_soon_is_after_the_pause():
    assert after(Rhythm.SOON) == FRIDAY + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("hour", "zone", "expected"),
    [
        (8, "UTC", datetime(2026, 11, 28, 8, tzinfo=UTC)),
        (18, "UTC", datetime(2026, 11, 27, 18, tzinfo=UTC)),
        (8, "Europe/Paris", datetime(2026, 11, 28, 7, tzinfo=UTC)),
        (8, "America/New_York", datetime(2026, 11, 27, 13, tzinfo=UTC)),
        (8, "Pacific/Auckland", datetime(2026, 11, 27, 19, tzinfo=UTC)),
    ],
)
def test_daily_is_at_the_hour_of_the_receivers_clock(hour, zone, expected):
    assert after(Rhythm.DAILY, hour=hour, zone=zone) == expected


def test_weekly_is_on_its_day():
    assert after(Rhythm.WEEKLY, weekday=0) == datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert after(Rhythm.WEEKLY, weekday=4) == datetime(2026, 12, 4, 8, tzinfo=UTC)
    assert after(Rhythm.WEEKLY, weekday=4, hour=13) == datetime(2026, 11, 27, 13, tzinfo=UTC)


def test_the_hour_stays_when_the_clocks_change():
    before = datetime(2026, 10, 24, 12, tzinfo=UTC)  # Paris goes back one hour that night

    assert after(Rhythm.DAILY, before, zone="Europe/Paris") == datetime(2026, 10, 25, 7, tzinfo=UTC)


@given(
    rhythm=st.sampled_from([Rhythm.DAILY, Rhythm.WEEKLY]),
    at=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    hour=st.integers(0, 23),
    weekday=st.integers(0, 6),
    zone=st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
)
def test_the_next_time_is_always_ahead_and_never_far(rhythm, at, hour, weekday, zone):
    found = after(rhythm, at, hour=hour, weekday=weekday, zone=zone)

    farthest = timedelta(days=7 if rhythm is Rhythm.WEEKLY else 1, hours=2)
    assert at < found <= at + farthest
