"""When a visit ends and another begins, and how seldom that is written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from secdash.accounts import visits
from secdash.accounts.models import User
from tests.cast import a_member

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def looked(*minutes):
    """The person as stored after looks at these minutes after noon."""
    user = a_member()
    for minute in minutes:
        visits.look(user, at=NOON + timedelta(minutes=minute))
    return User.objects.get(pk=user.pk)


def test_the_first_look_has_no_visit_before_it():
    user = looked(0)

    assert (user.visited_at, user.last_visit_at) == (NOON, None)


def test_looks_within_half_an_hour_are_one_visit():
    user = looked(0, 25, 50)

    assert (user.visited_at, user.last_visit_at) == (NOON + timedelta(minutes=50), None)


def test_a_visit_ends_with_its_last_look_once_half_an_hour_has_passed():
    user = looked(0, 20, 51, 60)

    assert user.last_visit_at == NOON + timedelta(minutes=20)
    assert user.visited_at == NOON + timedelta(minutes=60)


def test_within_a_minute_nothing_is_written():
    user = looked(0)

    with CaptureQueriesContext(connection) as queries:
        visits.look(user, at=NOON + timedelta(seconds=59))

    assert len(queries) == 0
    assert user.visited_at == NOON


def test_of_two_looks_at_once_one_is_noted():
    first, second = looked(0), looked()
    visits.look(first, at=NOON + timedelta(hours=1))

    visits.look(second, at=NOON + timedelta(hours=1, seconds=1))

    stored = User.objects.get(pk=first.pk)
    assert (stored.visited_at, stored.last_visit_at) == (NOON + timedelta(hours=1), NOON)
