"""Who may do what on which hosts: roles on all hosts, roles in groups, and both."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone

from secdash.accounts.models import User
from secdash.accounts.roles import ON_HOSTS, Act, Role
from secdash.findings import accepting, assigning, bulk
from secdash.findings.asked import NotAcceptable
from secdash.findings.models import Acceptance, Finding, SavedView
from secdash.fleet import access, services
from secdash.fleet.forms import HostForm
from secdash.fleet.models import Group, GroupRole, Host
from secdash.posture.days import whole_history
from secdash.scans.access import gone_for
from secdash.scans.models import PostureDay
from tests.cast import a_member
from tests.findings.accepted import an_acceptance, asked
from tests.fleet.hosts import NOON, a_host
from tests.posture.world import named, scan_of

pytestmark = pytest.mark.django_db


def of_group(group: str, role: Role = Role.VIEWER, **fields) -> User:
    """Somebody who sees the hosts of that group alone."""
    user = a_member(role, username=f"{group}-{role}", **{"reach": User.Reach.GROUPS, **fields})
    GroupRole.objects.create(user=user, group=Group.objects.get(name=group), role=role)
    return user


@pytest.fixture
def hosts():
    kept = {"kind": "unix", "address": "/docker.sock"}  # other than those of a sample host, its days outlive it
    made = {name: a_host(f"{name}-01", group_name=name, **kept) for name in ("shop", "bank")}
    for name, host in made.items():
        scan_of(host, named(f"{name}-app", memory=0))
    return made


def finding(group: str) -> Finding:
    return Finding.objects.get(check_name="no-memory-limit", host__group__name=group)


def seen(user: User) -> set[str]:
    return set(access.hosts_for(user).values_list("name", flat=True))


def test_a_role_on_all_hosts_sees_all_and_one_in_a_group_its_hosts_alone(hosts):
    a_host("lonely-01")

    assert seen(a_member()) == {"shop-01", "bank-01", "lonely-01"}
    assert seen(of_group("shop")) == {"shop-01"}
    assert seen(a_member(username="nowhere", reach=User.Reach.GROUPS)) == set()


def test_a_role_in_a_group_raises_what_somebody_may_who_sees_all(hosts):
    user = of_group("shop", Role.OPERATOR, reach=User.Reach.ALL)
    User.objects.filter(pk=user.pk).update(role=Role.VIEWER)
    user.refresh_from_db()

    assert seen(user) == {"shop-01", "bank-01"}
    assert access.may(user, Act.SCAN, hosts["shop"])
    assert not access.may(user, Act.SCAN, hosts["bank"])
    assert list(access.hosts_where(user, Act.SCAN)) == [hosts["shop"]]
    assert list(access.groups_where(user, Act.SCAN)) == [hosts["shop"].group]
    assert access.acts_on(user, hosts["bank"]) == {Act.SEE_HOSTS}
    assert access.acts_on(user, hosts["shop"]) == ON_HOSTS - {Act.APPROVE_RISK}
    assert access.acts_somewhere(user) == ON_HOSTS - {Act.APPROVE_RISK}


def test_a_role_in_a_group_never_reaches_what_is_about_all_hosts(hosts):
    user = of_group("shop", Role.ADMINISTRATOR)

    assert not any(user.can(act) for act in (Act.SET_POLICY, Act.MANAGE_PEOPLE, Act.READ_AUDIT, Act.MANAGE_HOSTS))
    assert user.can(Act.PUBLISH_GUIDE)
    assert access.may(user, Act.MANAGE_HOSTS, hosts["shop"])


def test_a_host_of_others_does_not_exist_and_one_of_ones_own_may_be_refused(hosts):
    user = of_group("shop")

    with pytest.raises(Http404):
        access.host_for(user, "bank-01")
    with pytest.raises(Http404):
        access.host_for(user, "bank-01", Act.SCAN)
    with pytest.raises(PermissionDenied):
        access.host_for(user, "shop-01", Act.SCAN)
    assert access.host_for(user, "shop-01") == hosts["shop"]


def test_who_left_sees_nothing(hosts):
    user = of_group("shop", Role.ADMINISTRATOR, is_active=False)

    assert seen(user) == set()
    assert access.acts_somewhere(user) == access.acts_on(user, hosts["shop"]) == frozenset()
    assert not access.may(user, Act.SCAN, hosts["shop"])


def test_what_is_kept_for_one_is_kept_for_all_who_see_the_same_and_for_nobody_else(hosts):
    one, other, bank = of_group("shop"), of_group("shop", Role.OPERATOR), of_group("bank")

    assert access.eyes(a_member()) == ""
    assert access.eyes(one) == access.eyes(other) != access.eyes(bank)
    before = access.eyes(one)
    Host.objects.filter(pk=hosts["bank"].pk).update(group=hosts["shop"].group)
    assert access.eyes(one) != before


def test_who_manages_one_group_puts_no_host_elsewhere(hosts):
    user = of_group("shop", Role.OPERATOR)

    assert access.may_place(user, "SHOP")
    assert not any(access.may_place(user, name) for name in ("bank", "new", ""))
    assert all(access.may_place(a_member(Role.OPERATOR), name) for name in ("bank", "new", ""))
    form = HostForm({"group": "bank"}, user=user)
    assert form.errors["group"] == HostForm({"group": "no such group"}, user=user).errors["group"]
    assert "hosts you manage: shop." in form.errors["group"][0]
    with pytest.raises(ValidationError, match="hosts you manage: shop"):
        a_host("web-77", group_name="bank", by=user)
    with pytest.raises(ValidationError, match="hosts you manage: shop"):
        services.change(hosts["shop"], **of_host(hosts["shop"]), group_name="bank", by=user, at=timezone.now())
    assert not Host.objects.filter(name="web-77").exists()


def of_host(host):
    fields = ("name", "environment", "owner", "interval", "file_reading", "image_reading")
    return {"tags": [], **{field: getattr(host, field) for field in fields}}


def test_the_days_of_a_host_that_is_gone_are_those_of_its_group(hosts):
    shop, bank = of_group("shop"), of_group("bank")
    services.remove(hosts["bank"])

    days = PostureDay.objects.filter(host=None)

    assert days.exists()
    assert not days.visible_to(shop).exists()
    assert days.visible_to(bank).count() == days.count() == days.visible_to(a_member()).count()
    today = PostureDay.objects.latest("day").day
    lines = {
        user: whole_history(access.hosts_for(user), gone_for(user), today=today, length=3)._series
        for user in (shop, bank)
    }
    assert set(lines[shop]) == {hosts["shop"].pk}
    assert hosts["shop"].pk not in lines[bank]


def test_nothing_is_given_to_somebody_who_does_not_see_it(hosts):
    operator = a_member(Role.OPERATOR)

    with pytest.raises(assigning.NotAssignable, match="may not see every host"):
        assigning.assign([finding("shop").pk, finding("bank").pk], of_group("shop"), by=operator, at=NOON)
    assert assigning.those_who_see(finding("bank")) == [operator]
    assert finding("shop").assignee is None


def test_nobody_works_on_findings_of_others(hosts):
    user = of_group("shop", Role.OPERATOR)

    with pytest.raises(PermissionDenied):
        assigning.assign([finding("shop").pk, finding("bank").pk], None, by=user, at=NOON)


def test_an_act_on_many_leaves_out_what_is_not_ones_own(hosts):
    user = of_group("shop", Role.OPERATOR, reach=User.Reach.ALL)
    User.objects.filter(pk=user.pk).update(role=Role.VIEWER)
    user.refresh_from_db()
    chosen = Finding.objects.filter(check_name="no-memory-limit")

    act = bulk.request("assign", {"assignee": user.pk, "name": ""}, chosen, by=user, at=NOON)

    assert (act.state, act.total) == ("done", 1)
    assert (finding("shop").assignee, finding("bank").assignee) == (user, None)


@pytest.mark.parametrize("scope", ["everywhere", "image", "project", "group"])
def test_a_risk_is_accepted_only_where_all_hosts_of_the_scope_are_ones_own(hosts, scope):
    user = of_group("shop", Role.OPERATOR)
    places = {"image": {"image": "app"}, "project": {"project": "app"}, "group": {"group": hosts["bank"].group}}

    with pytest.raises(NotAcceptable, match="hosts on which you may not"):
        an_acceptance(scope, by=user, **places.get(scope, {}))

    assert not Acceptance.objects.exists()
    assert accepting.may_accept(user, asked("group", group=hosts["shop"].group))
    assert accepting.may_accept(user, asked("host", host=hosts["shop"]))


def test_an_acceptance_of_all_hosts_is_seen_as_far_as_it_holds_ones_own_and_ended_by_who_may_everywhere(hosts):
    shop = of_group("shop", Role.OPERATOR)
    wide = an_acceptance("everywhere")
    theirs = an_acceptance("group", group=hosts["bank"].group, check_name="runs-as-root", covers="later")

    assert set(Acceptance.objects.visible_to(shop)) == {wide}
    assert set(Acceptance.objects.visible_to(of_group("bank"))) == {wide, theirs}
    assert not Acceptance.objects.allowing(shop, Act.ACCEPT_RISK).exists()
    assert set(Acceptance.objects.allowing(of_group("bank", Role.OPERATOR), Act.ACCEPT_RISK)) == {theirs}
    with pytest.raises(PermissionDenied):
        accepting.end(wide, by=shop, at=NOON)
    assert finding("bank").state == "accepted"


def test_a_shared_view_is_seen_by_those_who_see_as_much_as_its_owner(hosts):
    everything, shop, bank = a_member(Role.OPERATOR), of_group("shop", Role.OPERATOR), of_group("bank")
    for owner in (everything, shop):
        SavedView.objects.create(owner=owner, name=f"of {owner}", audience="everybody", created_at=NOON)

    def views(user):
        return {view.owner for view in SavedView.objects.visible_to(user)}

    assert views(a_member()) == {everything, shop}
    assert views(of_group("shop")) == {shop}
    assert views(bank) == set()


def test_an_act_on_many_is_followed_by_those_who_see_all_of_it(hosts):
    shop, bank = of_group("shop"), of_group("bank")
    chosen = Finding.objects.filter(check_name="no-memory-limit")
    both = bulk.request("due", {"due": None}, chosen, by=a_member(Role.OPERATOR), at=NOON)
    own = bulk.request("due", {"due": None}, chosen.on(hosts["shop"]), by=a_member(Role.OPERATOR), at=NOON)

    assert set(both._meta.model.objects.visible_to(shop)) == {own}
    assert set(both._meta.model.objects.visible_to(bank)) == set()
    assert set(both._meta.model.objects.visible_to(a_member())) == {both, own}
