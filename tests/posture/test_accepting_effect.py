"""What an acceptance would do to the scores is what it does once it holds."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from secdash.accounts.roles import Role
from secdash.findings.models import Finding, SeverityPolicy
from secdash.fleet.models import Host
from secdash.posture.accepting_effect import effect
from secdash.posture.stands import stands
from tests.cast import a_member, signed_in
from tests.findings.accepted import CHECK, an_acceptance, in_days, the_finding
from tests.fleet.hosts import a_host
from tests.posture.world import named, scan_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def hosts():
    """One held down by a critical, one by many mediums, one with nothing to accept."""
    made = [a_host(name) for name in ("held", "loose", "clean")]
    scan_of(made[0], named("app", memory=0, privileged=True), named("job", memory=0))
    scan_of(made[1], *(named(f"app-{n}", memory=0, nano_cpus=0) for n in range(4)))
    scan_of(made[2], named("web"))
    return made


def scores():
    return {host: stand.score for host, stand in stands(Host.objects.all()).items()}


def check_against(expected, before):
    after = scores()
    changed = {pk for pk in after if after[pk] != before[pk]}
    assert (expected.was, expected.now) == (sum(before.values()) / 3, sum(after.values()) / 3)
    assert expected.hosts == len(changed)
    if changed:
        most = Host.objects.get(slug=expected.most.slug)
        assert (expected.most.was, expected.most.now) == (before[most.pk], after[most.pk])
        assert expected.most.points == max(after[pk] - before[pk] for pk in changed)


@pytest.mark.parametrize("check", [CHECK, "no-cpu-limit", "privileged-container"])
@pytest.mark.parametrize("name", [None, "held", "loose"])
def test_the_preview_is_what_is_measured_afterwards(hosts, check, name):
    chosen = Finding.objects.open().filter(check_name=check)
    scope = {"scope": "everywhere"}
    if name:
        chosen, scope = chosen.filter(host__slug=name), {"scope": "host", "host": Host.objects.get(slug=name)}
    if not chosen.exists():
        chosen, scope, check = Finding.objects.open().filter(check_name=CHECK), {"scope": "everywhere"}, CHECK
    expected, before = effect(a_member(Role.OPERATOR), chosen), scores()

    an_acceptance(check_name=check, **scope)

    check_against(expected, before)


def test_what_is_accepted_already_counts(hosts):
    an_acceptance("finding", finding=the_finding("app-0"))
    an_acceptance("finding", finding=the_finding("app", "privileged-container"))
    expected = effect(a_member(Role.OPERATOR), Finding.objects.open().filter(check_name=CHECK))
    before = scores()

    an_acceptance()

    check_against(expected, before)
    assert expected.hosts


def test_all_that_fails_of_a_host_can_be_accepted(hosts):
    chosen = Finding.objects.filter(host__slug="held")
    expected, before = effect(a_member(Role.OPERATOR), chosen), scores()

    an_acceptance("chosen", check_name="", chosen=list(chosen.values_list("pk", flat=True)))

    check_against(expected, before)


def test_every_page_that_previews_an_acceptance_says_what_it_does_to_the_score(hosts):
    client, finding = signed_in(Role.OPERATOR), the_finding("app", "privileged-container")
    said = re.compile(r"It raises the score of 1 host\.\s+All hosts: \d+ → \d+\.\s+Most: held, 59 → \d+\.")

    assert said.search(client.get(f"{reverse('accept')}?finding={finding.pk}").content.decode())
    chosen = {"act": "accept", "finding": finding.pk, "query": ""}
    assert said.search(client.post(reverse("findings-act"), chosen).content.decode())

    SeverityPolicy.objects.update(approvals=1)
    waiting = an_acceptance("finding", finding=finding, until=in_days(3))
    assert said.search(signed_in(Role.REVIEWER).get(waiting.get_absolute_url()).content.decode())


def test_where_no_score_changes_it_says_so(hosts):
    url = f"{reverse('accept')}?finding={the_finding('job').pk}"

    page = signed_in(Role.OPERATOR).get(url).content.decode()
    assert "It changes no score." in page
    assert "What stays open on 1 host still holds its score down." in page


def test_a_preview_asks_as_little_for_many_hosts(hosts, django_assert_max_num_queries):
    client = signed_in(Role.OPERATOR)
    with django_assert_max_num_queries(25) as few:
        client.get(f"{reverse('accept')}?check={CHECK}")
    for number in range(3):
        scan_of(a_host(f"more-{number}"), named("app", memory=0))
    with django_assert_max_num_queries(len(few)):
        client.get(f"{reverse('accept')}?check={CHECK}")
