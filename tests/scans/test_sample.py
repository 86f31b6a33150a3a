"""The sample fleet: simulated Engines of which everything is known, marked as samples, removed with one click."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from django.urls import reverse

from secdash.accounts.roles import Role
from secdash.facts.connect import Unreachable
from secdash.facts.model import Unknown
from secdash.facts.parse import parse
from secdash.facts.parse.host import parse_host
from secdash.findings.models import Finding
from secdash.fleet.models import Host
from secdash.scans.sample import engine
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
