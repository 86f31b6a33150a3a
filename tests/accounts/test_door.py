"""Signing in: the one-time link, passwords, and who may do what."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import get_hashers
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from secdash.accounts import services
from secdash.accounts.models import User
from secdash.accounts.roles import ALLOWED, Act, Role
from tests.cast import a_member

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough phrase"


def test_the_product_keeps_passwords_by_argon2():
    """The tests' own hasher stands before those of the product (tests/conftest.py)."""
    ours = get_hashers()[1]

    assert ours.algorithm == "argon2"
    assert ours.encode(PASSWORD, ours.salt()).startswith("argon2$argon2id$")


def path_of(link):
    return re.sub(r"^https?://[^/]+", "", link)


def use(link, client, password=PASSWORD):
    page = client.get(path_of(link), follow=True)
    target = page.redirect_chain[-1][0] if page.redirect_chain else path_of(link)
    return client.post(target, {"new_password1": password, "new_password2": password})


def test_the_first_administrator_signs_in_by_a_link_that_works_once():
    link = services.welcome_link(services.first_administrator())
    client = Client()

    response = use(link, client)

    assert response.status_code == 302
    assert response.url == reverse("overview")
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)
    again = Client().get(path_of(link), follow=True)
    assert "no longer good" in again.content.decode()


def test_the_first_administrator_has_no_password_before(capsys):
    call_command("first_admin")

    user = User.objects.get()
    assert user.role == Role.ADMINISTRATOR
    assert not user.has_usable_password()
    assert "/accounts/welcome/" in capsys.readouterr().out


def test_once_a_password_is_chosen_no_link_is_printed(capsys):
    use(services.welcome_link(services.first_administrator()), Client())
    call_command("first_admin")

    assert "/accounts/welcome/" not in capsys.readouterr().out
    assert User.objects.count() == 1


def test_a_weak_password_is_refused_in_words():
    response = use(services.welcome_link(services.first_administrator()), Client(), password="12345")

    assert response.status_code == 200
    assert "10 characters" in response.content.decode()


def test_a_member_is_added_with_a_role(capsys):
    call_command("add_member", "camille", "--role", "contributor")

    assert User.objects.get(username="camille").role == Role.CONTRIBUTOR


def test_signing_in_with_a_wrong_password_says_so_and_stays():
    user = a_member(Role.VIEWER)

    response = Client().post(reverse("login"), {"username": user.username, "password": "wrong"})

    assert response.status_code == 200
    assert "_auth_user_id" not in response.client.session


@pytest.mark.parametrize("url", ["/", "/findings/", "/hosts/", "/checks/", "/guide/", "/hosts/add/"])
def test_a_stranger_is_sent_to_the_door(url):
    response = Client().get(url)

    assert response.status_code == 302
    assert response.url.startswith(reverse("login"))


@pytest.mark.parametrize("url", ["/findings/", "/guide/en/"])
def test_a_part_of_a_page_is_refused_to_a_stranger_so_that_no_door_shows_up_inside_the_page(url):
    response = Client().get(url, headers={"HX-Request": "true"})
    whole = Client().get(url, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})

    assert (response.status_code, response.content) == (401, b"")
    assert whole.url.startswith(reverse("login"))


def test_every_act_has_its_roles_and_administrators_may_do_all():
    assert set(ALLOWED) == set(Act)
    assert all(Role.ADMINISTRATOR in roles for roles in ALLOWED.values())
    assert not a_member(Role.VIEWER).can(Act.SCAN)
