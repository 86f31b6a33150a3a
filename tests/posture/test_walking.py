"""From finding to finding as the list has them, whatever it is narrowed to, grouped and sorted by."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.findings.models import Finding
from secdash.posture import groups, walking
from secdash.posture.filtering.orders import BYS, SORTS
from secdash.posture.filters import Filters
from secdash.posture.rows import rows
from tests.cast import a_member, signed_in
from tests.findings.accepted import an_acceptance
from tests.fleet.hosts import a_host
from tests.posture.world import named, scan_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def findings():
    """On two hosts, some alike to the second, some of somebody, some accepted."""
    for days, name in enumerate(("web-01", "web-02")):
        shop = {"labels": (("com.docker.compose.project", "shop"),), "image": f"shop/web:{days}"}
        apps = [named("app", memory=0, privileged=True, **shop), named("job", memory=0, nano_cpus=0)]
        scan_of(a_host(name), *apps, named("late", memory=0), days_ago=3 - days)
    Finding.objects.filter(subject_key="job").update(assignee=a_member(Role.OPERATOR))
    Finding.objects.filter(subject_key="late").update(opened_at=timezone.now() - timedelta(days=9))
    an_acceptance("finding", check_name="", finding=Finding.objects.filter(subject_key="late").first())
    return Finding.objects.all()


def shown(user, filters, mark):
    """The list as its page shows it, opened up group by group."""
    page = groups.page(user, filters, mark)
    return [each.pk for group in page.groups for each in rows(user, group, filters, most=1000).findings]


def walked(user, query, pk, mark):
    return walking.walk(user, Finding.objects.get(pk=pk), QueryDict(f"in={query}"), mark)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("by", BYS)
@pytest.mark.parametrize("asked", ["", "state=all", "severity=medium"])
def test_the_whole_list_is_walked_in_its_order(findings, by, sort, asked):
    user, query = a_member(Role.OPERATOR), f"{asked}&by={by}&sort={sort}"
    filters = Filters.of(QueryDict(query))
    order = shown(user, filters, "walk")
    quoted = filters.query().replace("&", "%26")

    steps = [walked(user, quoted, pk, "walk") for pk in order]

    assert len(order) > 3
    assert [step.at.number for step in steps] == list(range(1, len(order) + 1))
    assert {step.total.number for step in steps} == {len(order)}
    assert [(step.before, step.after) for step in steps] == list(zip([None, *order], [*order[1:], None], strict=False))


@pytest.mark.parametrize("by", BYS)
def test_whoever_takes_one_out_of_the_list_goes_on_from_its_place(findings, by):
    user = a_member(Role.OPERATOR)
    filters = Filters.of(QueryDict(f"by={by}"))
    order = shown(user, filters, "before")
    quoted = filters.query().replace("&", "%26")
    for number, taken in enumerate(order[:-1]):
        Finding.objects.filter(pk=taken).update(state="accepted")
        step = walked(user, quoted, taken, f"after-{number}")
        assert (step.at, step.total.number) == (None, len(order) - number - 1)
        assert step.after in order[number + 1 :]
    assert step.after == order[-1]


def test_the_page_leads_on_and_its_acts_come_back_to_the_list(findings):
    client = signed_in(Role.OPERATOR)
    user = a_member(Role.OPERATOR)
    order = shown(user, Filters(), "page")
    first = Finding.objects.get(pk=order[0])
    page = client.get(first.get_absolute_url(), {"in": ""}).content.decode()

    assert f'data-press="j" aria-keyshortcuts="j" href="{reverse("finding", args=[order[1]])}?in="' in page
    assert 'data-press="k"' not in page
    assert f"1 of {len(order)}" in page
    answer = client.post(f"{reverse('finding-assign', args=[first.pk])}?in=by%3Dhost", {"assignee": user.pk})
    assert answer.url == f"{first.get_absolute_url()}?in=by%3Dhost"
    form = f"{reverse('accept')}?finding={first.pk}&in=by%3Dhost"
    assert "in=by%3Dhost" in client.get(form).content.decode()
    typed = {"scope": "finding", "covers": "present", "reason": "Known.", "term": "30"}
    assert client.post(form, typed).url == f"{first.get_absolute_url()}?in=by%3Dhost"
    assert "no longer in the list" in client.get(first.get_absolute_url(), {"in": ""}).content.decode()


def test_rows_of_the_list_lead_to_findings_that_know_it(findings):
    page = signed_in().get(reverse("findings"), {"by": "host", "q": "a&b", "expand": "web-01"})
    assert page.status_code == 200
    page = signed_in().get(reverse("findings"), {"by": "host", "expand": "web-01"}).content.decode()

    assert "?in=by%3Dhost" in page


def test_without_a_list_nothing_is_asked(findings, django_assert_num_queries):
    finding, user = findings[0], a_member()
    with django_assert_num_queries(0):
        assert walking.walk(user, finding, QueryDict(""), "") is None
    assert 'class="walk"' not in signed_in().get(findings[0].get_absolute_url()).content.decode()


def test_a_place_in_a_list_costs_a_bounded_number_of_queries(findings, django_assert_max_num_queries):
    client = signed_in(Role.OPERATOR)
    client.get(findings[0].get_absolute_url())
    with django_assert_max_num_queries(40) as plain:
        client.get(findings[0].get_absolute_url())
    with django_assert_max_num_queries(len(plain) + 5):
        client.get(findings[0].get_absolute_url(), {"in": "by=host&group=x"})
    with django_assert_max_num_queries(len(plain) + 2):
        client.get(findings[0].get_absolute_url(), {"in": "by=host&group=x"})
