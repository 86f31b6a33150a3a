"""Invitations: a link that lets in one person, once, for a week, with what was chosen for them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from secdash.accounts import inviting
from secdash.accounts.models import Invitation, User
from secdash.accounts.roles import Role
from secdash.fleet import people
from secdash.fleet.models import Group, GroupRole
from tests.accounts.door import NEW, acts, is_in, words
from tests.cast import a_member

pytestmark = pytest.mark.django_db
NOW = timezone.now()
FIELDS = {"username": "camille", "first_name": "Camille", "last_name": "", "email": "", "password": NEW, "again": NEW}


def invited(at=NOW, **chosen):
    """The path of a new invitation."""
    _made, link = inviting.invite(
        role=chosen.pop("role", Role.VIEWER), by=a_member(Role.ADMINISTRATOR), at=at, **chosen
    )
    return re.sub(r"^https?://[^/]+", "", link)


def test_the_link_makes_a_person_with_what_was_chosen_and_lets_them_in(client):
    group = Group.objects.create(name="Production", slug="production")
    path = invited(role=Role.CONTRIBUTOR, reach=User.Reach.GROUPS, groups={group.pk: Role.OPERATOR})

    answer = client.post(path, FIELDS)

    user = User.objects.get(username="camille")
    assert answer.url == reverse("overview")
    assert is_in(client)
    assert (user.role, user.reach) == (Role.CONTRIBUTOR, User.Reach.GROUPS)
    assert people.said(user) == {"Production": Role.OPERATOR}
    assert {"person.invited", "person.groups_changed", "person.added"} <= set(acts())


def test_a_group_that_is_gone_meanwhile_is_left_out(client):
    group = Group.objects.create(name="Production", slug="production")
    path = invited(groups={group.pk: Role.OPERATOR})
    group.delete()

    client.post(path, FIELDS)

    assert User.objects.filter(username="camille").exists()
    assert not GroupRole.objects.exists()


def test_the_link_is_good_once(client):
    path = invited()
    client.post(path, FIELDS)

    again = Client().post(path, {**FIELDS, "username": "mallory"})

    assert again.status_code == 410
    assert not User.objects.filter(username="mallory").exists()


def test_of_two_at_once_one_comes_in(client):
    path = invited()
    invitation = Invitation.objects.get()
    client.post(path, FIELDS)

    with pytest.raises(inviting.UsedUp):
        inviting.accept(invitation, User(username="mallory"), password=NEW, at=NOW)

    assert not User.objects.filter(username="mallory").exists()


def test_the_link_ages(client):
    path = invited(at=NOW - inviting.LASTS - timedelta(seconds=1))

    assert "no longer good" in words(client.get(path))
    assert client.post(path, FIELDS).status_code == 410


def test_the_link_is_kept_nowhere():
    path = invited(email="camille@example.org")
    token = path.rstrip("/").rpartition("/")[2]

    assert token not in str(Invitation.objects.values().get())
    assert len(token) >= 40


def test_a_withdrawn_link_is_no_longer_good(door):
    path = invited()
    door.sign_in(a_member(Role.ADMINISTRATOR))

    door.client.post(reverse("people-invitation-withdraw", args=[Invitation.objects.get().pk]))

    assert Client().get(path).status_code == 410
    assert "invitation.withdrawn" in acts()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"username": "Viewer"}, "This name is taken."),
        ({"password": "camille-camille", "again": "camille-camille"}, "too similar"),
        ({"again": "another"}, "The two are not the same."),
    ],
)
def test_what_will_not_do_is_refused_and_the_link_stays_good(client, changed, said):
    a_member(Role.VIEWER)
    path = invited()

    answer = client.post(path, {**FIELDS, "username": "camille-camille", **changed})

    assert answer.status_code == 422
    assert said in words(answer)
    assert Invitation.objects.open(NOW).exists()


def test_nobody_chooses_their_own_role(client):
    client.post(invited(), {**FIELDS, "role": "administrator", "is_staff": "on", "is_superuser": "on", "reach": "all"})

    user = User.objects.get(username="camille")
    assert (user.role, user.is_staff, user.is_superuser) == (Role.VIEWER, False, False)


def test_the_link_is_shown_once_to_the_inviter(door):
    door.sign_in(a_member(Role.ADMINISTRATOR))

    shown = door.client.post(reverse("people-invite"), {"role": "viewer", "reach": "all", "email": ""})

    link = re.search(r'id="link">([^<]+)<', shown.content.decode())[1]
    assert Client().get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert link not in door.client.get(reverse("people")).content.decode()
    assert "no-store" in shown["cache-control"]
