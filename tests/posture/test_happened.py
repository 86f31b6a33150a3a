"""What happened in a window: the same, counted at once or kept in part; and nothing that comes late is missed."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from secdash.findings.models import Finding, State, Transition, Why
from secdash.posture.happened import happened
from tests.posture.world import a_fleet, named, scan_of

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def counts(since, now):
    found = Counter()
    for each in happened(since, now=now):
        found[each.host, each.was, each.now, each.why, each.severity] += each.number
    return found


def told(since):
    steps = Transition.objects.filter(at__gte=since).select_related("finding")
    return Counter((each.finding.host_id, each.was, each.now, each.why, each.finding.severity) for each in steps)


def grouped(queries):
    return [each["sql"] for each in queries if "GROUP BY" in each["sql"]]


@pytest.fixture
def host():
    """Scanned a day ago, and again just now."""
    [host] = a_fleet(1, 1)
    Transition.objects.update(at=timezone.now() - timedelta(days=1))
    scan_of(host, named("app-0", memory=0), named("newcomer", memory=0, privileged=True))
    return host


@pytest.mark.parametrize("window", [timedelta(days=2), timedelta(hours=1), timedelta(seconds=1)])
def test_all_of_the_window_is_counted_once(host, window):
    now = timezone.now()

    assert counts(now - window, now) == counts(now - window, now) == told(now - window)


def test_an_hour_later_it_is_the_same(host):
    now = timezone.now() + timedelta(hours=1)

    assert counts(now - timedelta(days=2), now) == told(now - timedelta(days=2)) != Counter()


def test_what_is_over_is_not_counted_again(host):
    now = timezone.now() + MINUTE
    since = now - timedelta(days=2)
    counts(since, now)

    with CaptureQueriesContext(connection) as queries:
        counts(since, now)

    assert len(grouped(queries)) == 1


def test_what_a_long_transaction_brings_late_is_counted(host):
    now = timezone.now() + MINUTE
    since = now - timedelta(days=2)
    before = counts(since, now)
    finding = Finding.objects.filter(host=host, state=State.OPEN).first()
    Transition.objects.create(finding=finding, at=now - MINUTE, was="open", now="resolved", why=Why.FIXED)

    assert counts(since, now) - before == {(host.pk, "open", "resolved", "fixed", finding.severity): 1}
