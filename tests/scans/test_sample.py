"""The sample fleet: ninety days that hold together, marked as samples, removed with one click."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import msgspec
import pytest
from django.db.models import Sum
from django.urls import reverse

from secdash.accounts.roles import Role
from secdash.facts.connect import Unreachable
from secdash.facts.model import Unknown
from secdash.facts.parse import parse
from secdash.facts.parse.host import parse_host
from secdash.findings.models import Acceptance, Finding, State, Transition
from secdash.fleet.models import Host
from secdash.scans.models import PostureDay, Scan
from secdash.scans.sample import engine, fleet
from secdash.scans.sample.files import files_of
from secdash.scans.sample.world import WORLD
from tests.cast import signed_in
from tests.fleet.hosts import NOON


@pytest.mark.parametrize("plan", WORLD, ids=lambda plan: plan.name)
def test_every_fact_of_a_simulated_engine_is_known(plan):
    facts = parse(
        engine.answers(engine.address(plan.name, NOON.date()), day=NOON.date() - timedelta(days=plan.unreachable + 1))
    )

    for record in (facts.engine, *facts.containers, *facts.images, *facts.networks):
        unknown = [name for name in record.__struct_fields__ if isinstance(getattr(record, name), Unknown)]
        assert unknown == (["files"] if record.kind == "image" else [])  # nobody reads simulated images


def test_a_silent_host_is_unreachable_in_words():
    with pytest.raises(Unreachable, match="plays dead"):
        engine.answers(engine.address("legacy-nas", NOON.date()), day=NOON.date())


@pytest.mark.django_db
def test_the_history_adds_up_on_every_day():
    fleet.load(at=NOON)

    for host in Host.objects.all():
        standing = 0
        for day in PostureDay.objects.filter(host=host).order_by("day"):
            standing += day.opened - day.resolved
            lived = day.critical + day.high + day.medium + day.low + day.info + day.accepted
            assert standing == lived, (host, day.day)
        assert standing == Finding.objects.on(host).exclude(state=State.RESOLVED).count()


@pytest.mark.django_db
def test_risks_are_accepted_on_it_and_one_acceptance_is_over():
    fleet.load(at=NOON)

    ended, standing = Acceptance.objects.order_by("until")
    assert (ended.state, ended.ended) == (Acceptance.State.ENDED, Acceptance.Ended.EXPIRED)
    assert standing.holding.count() == Finding.objects.filter(state=State.ACCEPTED).count() > 0
    days = PostureDay.objects.aggregate(begun=Sum("accepted_begun"), ended=Sum("accepted_ended"))
    assert days["begun"] == standing.holding.count() + days["ended"] > days["ended"] > 0


@pytest.mark.django_db
def test_every_finding_has_the_transitions_that_explain_it():
    fleet.load(at=NOON)

    for finding in Finding.objects.prefetch_related("transitions"):
        states = [each.now for each in finding.transitions.all()]
        assert states[-1] == finding.state
        assert all(was != now for was, now in pairwise(states))
    assert Transition.objects.filter(now=State.RESOLVED).count() > 20


@pytest.mark.django_db
def test_loading_twice_adds_nothing():
    assert fleet.load(at=NOON) == len(WORLD)
    scans = Scan.objects.count()

    assert fleet.load(at=NOON + timedelta(hours=1)) == 0
    assert Scan.objects.count() == scans


@pytest.mark.django_db
def test_one_click_loads_it_and_one_click_removes_it():
    client = signed_in(Role.OPERATOR)

    client.post(reverse("sample-add"))
    assert Host.objects.samples().count() == len(WORLD)

    client.post(reverse("sample-remove"))
    assert not Host.objects.exists()
    assert not Finding.objects.exists()


@pytest.mark.django_db
def test_a_viewer_may_neither_load_nor_remove_it():
    client = signed_in(Role.VIEWER)

    assert client.post(reverse("sample-add")).status_code == 403
    assert client.post(reverse("sample-remove")).status_code == 403


@pytest.mark.parametrize("plan", WORLD, ids=lambda plan: plan.name)
def test_the_files_of_a_sample_host_are_read_as_those_of_any_host(plan):
    host = parse_host(files_of(plan))

    assert host.unread == ()
    assert not any(isinstance(fact, Unknown) for fact in msgspec.structs.astuple(host))
    assert {file.role for file in host.files} >= {"daemon.json", "docker.service", "docker.sock", "runc"}
