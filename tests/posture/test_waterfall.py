"""The waterfall from what scans wrote: it starts and ends where the chart of the score does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.fleet import services as fleet
from secdash.fleet.models import Connection, Group, Host
from secdash.posture.days import whole_history
from secdash.posture.scopes import Scope
from secdash.posture.waterfall import waterfall
from secdash.scans.sample import fleet as sample
from tests.cast import a_member
from tests.fleet.hosts import a_host
from tests.posture.world import named, scan_of

pytestmark = pytest.mark.django_db
GOOD = [named(f"good-{number}") for number in range(9)]
BAD = named("app", privileged=True)


def today():
    return timezone.now().date()


def ago(days):
    return today() - timedelta(days=days)


def a_real_host(name, **options):
    return a_host(name, kind=Connection.Kind.UNIX, address="/var/run/docker.sock", **options)


def test_it_starts_and_ends_where_the_chart_does_on_every_pair_of_days():
    stays, leaves, comes = a_real_host("stays"), a_real_host("leaves"), a_real_host("comes")
    scan_of(stays, *GOOD, BAD, days_ago=50)
    scan_of(leaves, *GOOD, days_ago=4)
    scan_of(stays, *GOOD, named("app"), days_ago=3)
    scan_of(comes, BAD, days_ago=2)
    scan_of(stays, *GOOD, BAD, days_ago=1)
    fleet.remove(leaves)
    user = a_member(Role.VIEWER)
    shown = dict(whole_history(Host.objects.all(), Q(host=None), today=today(), length=10).scores())

    for start in range(9, 0, -1):
        for end in range(start - 1, -1, -1):
            fall = waterfall(user, Scope(), ago(start), ago(end)).fall
            assert float(fall.start) == pytest.approx(shown[ago(start)])
            assert float(fall.end) == pytest.approx(shown[ago(end)])
            assert fall.start + sum(step.points for step in fall.steps) == fall.end
    assert {step.kind for step in fall.steps} == {"hosts_gone"}


def test_the_steps_of_a_period_name_their_checks_and_hosts():
    host = a_real_host("web-01")
    scan_of(host, *GOOD, BAD, days_ago=9)
    scan_of(host, *GOOD, named("app"), days_ago=3)
    found = waterfall(a_member(Role.VIEWER), Scope(), ago(5), today())
    (step,) = found.fall.steps

    assert step.kind == "fixed"
    assert {part.check for part in step.parts} == {"privileged-container", "seccomp-disabled"}
    assert found.names == {host.pk: "web-01"}
    assert [(each.day, each.points) for each in found.days] == [(ago(3), step.points)]


def test_a_group_has_the_hosts_that_were_in_it_that_day():
    host, other = a_host("a", group_name="Red"), a_host("b", group_name="Red")
    scan_of(host, *GOOD, days_ago=3)
    scan_of(other, *GOOD, BAD, days_ago=3)
    Host.objects.filter(pk=other.pk).update(group=Group.objects.create(name="Blue", slug="blue"))
    scan_of(other, *GOOD, BAD, days_ago=1)
    user = a_member(Role.VIEWER)
    red, blue = (waterfall(user, Scope(group=slug), ago(2), today()).fall for slug in ("red", "blue"))

    assert [step.kind for step in red.steps] == ["hosts_left"]
    assert (blue.start, blue.steps) == (None, ())
    assert blue.end == 59


@pytest.mark.parametrize("kind", ["host", "tag", "environment"])
def test_other_scopes_have_the_hosts_that_belong_to_them_now(kind):
    host, other = a_host("a", environment="test"), a_host("b")
    host.tags.create(name="public")
    for each in (host, other):
        scan_of(each, *GOOD, days_ago=3)
        scan_of(each, *GOOD, BAD)
    scope = Scope(**{kind: {"host": "a", "tag": "public", "environment": "test"}[kind]})

    assert set(waterfall(a_member(Role.VIEWER), scope, ago(2), today()).names) == {host.pk}
    assert waterfall(a_member(Role.VIEWER), Scope(**{kind: "nobody"}), ago(2), today()).fall == (None, (), None)


def test_the_sample_fleet_leaves_nothing_unexplained(django_assert_max_num_queries):
    now = timezone.now()
    sample.load(at=now)
    user = a_member(Role.VIEWER)
    with django_assert_max_num_queries(3):
        found = waterfall(user, Scope(), ago(80), today())

    assert found.fall.start + sum(step.points for step in found.fall.steps) == found.fall.end
    assert {"fixed", "failing", "new_subjects", "gone_subjects"} <= {step.kind for step in found.fall.steps}
    assert "unkept" not in {step.kind for step in found.fall.steps}
