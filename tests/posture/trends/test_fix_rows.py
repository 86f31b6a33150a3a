"""Times to fix, counted by each database: whatever days are kept, as a count by hand has them."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from secdash.fleet.models import Group
from secdash.posture.trends.fix_rows import fix_rows
from secdash.posture.trends.periods import Period
from secdash.posture.trends.series import SEVERITIES
from secdash.scans.models import PostureDay
from tests.knowledge.search.databases import a_database, serving
from tests.posture.trends.history import today

GROUPS = [None, 1, 2]
COUNTS = st.dictionaries(st.integers(0, 600).map(str), st.integers(1, 10**6), max_size=4)
# How many days ago, the group of that day, and what was fixed on it.
KEPT = st.lists(
    st.tuples(
        st.integers(0, 9), st.sampled_from(GROUPS), st.dictionaries(st.sampled_from(SEVERITIES), COUNTS, max_size=3)
    ),
    max_size=12,
)
whatever_is_kept = hypothesis_settings(max_examples=60, deadline=None)


@pytest.fixture(scope="module")
def on_postgresql(postgres_url, django_db_blocker):
    """The two tables that it takes; what they refer to is not there."""
    url = a_database(postgres_url, "fix_rows")
    with django_db_blocker.unblock(), serving(url), connection.schema_editor() as editor:
        for model in (Group, PostureDay):
            editor.create_model(model)
        editor.deferred_sql.clear()
    return url


@contextmanager
def kept(days):
    """The days, each of a host of its own, until it is over."""
    with transaction.atomic():
        Group.objects.bulk_create(Group(pk=pk, name=str(pk), slug=str(pk)) for pk in GROUPS if pk)
        PostureDay.objects.bulk_create(
            PostureDay(
                host_ident=number, host_name="x", day=today() - timedelta(days=ago), group_id=group, fix_times=times
            )
            for number, (ago, group, times) in enumerate(days)
        )
        yield
        transaction.set_rollback(True)


def by_hand(days, period):
    """Of the days in the period: group, severity and bin → how many."""
    counted = Counter()
    for ago, group, times in days:
        if period.first <= today() - timedelta(days=ago) <= period.last:
            for severity, bins in times.items():
                for number, count in bins.items():
                    counted[group, severity, int(number)] += count
    return counted


def holds(days):
    period = Period(today() - timedelta(days=7), today() - timedelta(days=2))
    with kept(days):
        found = list(fix_rows(PostureDay.objects.all(), period))
    counted = {row[:3]: row.number for row in found}
    assert len(counted) == len(found)
    assert counted == by_hand(days, period)


@pytest.mark.django_db
@whatever_is_kept
@given(KEPT)
def test_sqlite_counts_as_a_count_by_hand(days):
    assert connection.vendor == "sqlite"
    holds(days)


@pytest.mark.services
@whatever_is_kept
@given(KEPT)
def test_postgresql_counts_as_a_count_by_hand(on_postgresql, django_db_blocker, days):
    with django_db_blocker.unblock(), serving(on_postgresql):
        assert connection.vendor == "postgresql"
        holds(days)


@pytest.mark.django_db
def test_a_scope_without_hosts_has_none():
    period = Period(today() - timedelta(days=7), today())
    with kept([(3, 1, {"high": {"150": 2}})]):
        assert list(fix_rows(PostureDay.objects.all(), period)) == [(1, "high", 150, 2)]
        assert list(fix_rows(PostureDay.objects.none(), period)) == []
