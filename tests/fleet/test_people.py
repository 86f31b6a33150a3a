"""The page of people: roles, reach, groups; who is out; and that an administrator always stays."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from secdash.accounts import people as changing
from secdash.accounts.models import User
from secdash.accounts.roles import Role
from secdash.audit.models import AuditEntry
from secdash.fleet import people
from secdash.fleet.models import Group, GroupRole
from tests.accounts.door import NEW, Door, acts, is_in, words
from tests.accounts.test_door import use
from tests.cast import a_member

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@pytest.fixture
def door(client, db):
    return Door(client)


@pytest.fixture
def admin(client, db):
    client.force_login(a_member(Role.ADMINISTRATOR))
    return client


@pytest.fixture
def production(db):
    return Group.objects.create(name="Production", slug="production")


def test_role_reach_and_groups_are_given_and_recorded(admin, production):
    user = a_member()
    fields = {"role": "contributor", "reach": "groups", f"group-{production.pk}": "operator"}

    answer = admin.post(reverse("person", args=[user.pk]), fields)

    user.refresh_from_db()
    assert answer.status_code == 302
    assert (user.role, user.reach, people.said(user)) == ("contributor", "groups", {"Production": "operator"})
    told = {
        entry.act: (entry.before, entry.after) for entry in AuditEntry.objects.filter(kind="user", key=str(user.pk))
    }
    assert told["person.role_changed"] == (
        {"role": "viewer", "reach": "all"},
        {"role": "contributor", "reach": "groups"},
    )
    assert told["person.groups_changed"] == ({}, {"Production": "operator"})


def test_a_role_in_a_group_is_taken_back(admin, production):
    user = a_member()
    GroupRole.objects.create(user=user, group=production, role=Role.OPERATOR)

    admin.post(reverse("person", args=[user.pk]), {"role": "viewer", "reach": "all", f"group-{production.pk}": ""})

    assert people.said(user) == {}


def test_what_does_not_change_is_not_recorded_and_ends_no_session(admin):
    user = a_member()
    theirs = Client()
    theirs.force_login(user)

    admin.post(reverse("person", args=[user.pk]), {"role": "viewer", "reach": "all"})

    assert is_in(theirs)
    assert not [act for act in acts() if act in ("person.role_changed", "person.groups_changed")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("person", {"role": "operator", "reach": "all"}),
        ("person-deactivate", {}),
        ("person-sign-out", {}),
        ("person-factors-reset", {}),
    ],
)
def test_such_acts_end_the_persons_sessions_at_once(door, name, data):
    user = a_member()
    theirs = Door(Client())
    theirs.sign_in(user)
    door.sign_in(a_member(Role.ADMINISTRATOR))

    door.client.post(reverse(name, args=[user.pk]), data)

    assert not is_in(theirs.client)
    assert is_in(door.client)


def test_who_is_deactivated_stays_out_until_reactivated(admin):
    user = a_member()
    admin.post(reverse("person-deactivate", args=[user.pk]))
    refused = Door(Client()).try_password(user)
    admin.post(reverse("person-reactivate", args=[user.pk]))

    allowed = Door(Client()).try_password(user)

    assert "Name or password is wrong." in words(refused)
    assert allowed.url == reverse("overview")
    assert {"person.deactivated", "person.reactivated"} <= set(acts())


def test_the_last_administrator_is_neither_demoted_nor_deactivated(admin):
    last = a_member(Role.ADMINISTRATOR)
    User.objects.create(username="away", role=Role.ADMINISTRATOR, is_active=False)

    demoted = admin.post(reverse("person", args=[last.pk]), {"role": "viewer", "reach": "all"})
    admin.post(reverse("person-deactivate", args=[last.pk]))

    last.refresh_from_db()
    assert (last.role, last.is_active) == (Role.ADMINISTRATOR, True)
    assert "This is the last administrator." in words(demoted)
    assert is_in(admin)


def test_with_another_one_an_administrator_may_go():
    first, second = a_member(Role.ADMINISTRATOR), a_member(Role.ADMINISTRATOR, username="second")

    changing.deactivate(first, by=second, at=NOON)

    assert User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).get() == second


def test_an_administrator_makes_a_link_for_a_forgotten_password(door):
    user = a_member()
    door.sign_in(a_member(Role.ADMINISTRATOR))

    shown = door.client.post(reverse("person-link", args=[user.pk]))

    link = re.search(r'id="link">([^<]+)<', shown.content.decode())[1]
    use(link, Client(), password=NEW)
    assert Door(Client()).try_password(user, NEW).url == reverse("overview")
    assert "person.reset_link" in acts()


def test_before_such_a_link_the_administrators_password_is_asked_for_again(admin):
    answer = admin.post(reverse("person-link", args=[a_member().pk]))

    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert "person.reset_link" not in acts()


def test_the_page_costs_the_same_for_many(admin, production):
    def queries_of_the_page():
        with CaptureQueriesContext(connection) as queries:
            assert admin.get(reverse("people")).status_code == 200
        return len(queries)

    queries_of_the_page()
    few = queries_of_the_page()
    for number in range(20):
        user = User.objects.create(username=f"person-{number}")
        GroupRole.objects.create(user=user, group=production, role=Role.VIEWER)

    assert queries_of_the_page() == few
    assert few <= 15
