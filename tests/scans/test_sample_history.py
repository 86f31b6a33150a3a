"""The ninety days of the sample fleet hold together. Loaded once for all tests of this module."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db.models import Sum

from secdash.findings.models import Acceptance, Finding, State, Transition
from secdash.fleet.models import Host
from secdash.scans.models import PostureDay, Scan
from secdash.scans.sample import fleet
from secdash.scans.sample.world import WORLD
from tests.fleet.hosts import NOON
from tests.house.world import rolled_back

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("sample")]


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """How many hosts were added."""
    with django_db_blocker.unblock(), rolled_back():
        yield fleet.load(at=NOON)


def test_the_history_adds_up_on_every_day(loaded):
    for host in Host.objects.all():
        standing = 0
        for day in PostureDay.objects.filter(host=host).order_by("day"):
            standing += day.opened - day.resolved
            lived = day.critical + day.high + day.medium + day.low + day.info + day.accepted
            assert standing == lived, (host, day.day)
        assert standing == Finding.objects.on(host).exclude(state=State.RESOLVED).count()


def test_risks_are_accepted_on_it_and_one_acceptance_is_over(loaded):
    ended, standing = Acceptance.objects.order_by("until")
    assert (ended.state, ended.ended) == (Acceptance.State.ENDED, Acceptance.Ended.EXPIRED)
    assert standing.holding.count() == Finding.objects.filter(state=State.ACCEPTED).count() > 0
    days = PostureDay.objects.aggregate(begun=Sum("accepted_begun"), ended=Sum("accepted_ended"))
    assert days["begun"] == standing.holding.count() + days["ended"] > days["ended"] > 0


def test_every_finding_has_the_transitions_that_explain_it(loaded):
    for finding in Finding.objects.prefetch_related("transitions"):
        states = [each.now for each in finding.transitions.all()]
        assert states[-1] == finding.state
        assert all(was != now for was, now in pairwise(states))
    assert Transition.objects.filter(now=State.RESOLVED).count() > 20


def test_loading_twice_adds_nothing(loaded):
    assert loaded == len(WORLD) == Host.objects.count()
    scans = Scan.objects.count()

    assert fleet.load(at=NOON + timedelta(hours=1)) == 0
    assert Scan.objects.count() == scans
