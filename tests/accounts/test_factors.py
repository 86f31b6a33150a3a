"""Second factors: asked for at every way in, added and removed by their owner, reset by an administrator."""

from __future__ import annotations

import re
from urllib.parse import quote_plus

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from secdash.accounts import factors, services
from secdash.accounts.models import User
from secdash.accounts.roles import Role
from tests.accounts.door import NEW, SECRET, Door, acts, code, is_in, with_app, words
from tests.accounts.test_door import use
from tests.cast import PASSWORD, a_member

pytestmark = pytest.mark.django_db


def test_a_password_alone_does_not_let_in_who_has_an_app(door):
    user = with_app(a_member())

    answer = door.try_password(user)

    assert answer.url == reverse("mfa_authenticate")
    assert not is_in(door.client)


def test_the_code_of_the_app_lets_in_and_leads_to_the_page_asked_for(door):
    user = with_app(a_member())
    door.client.post(reverse("login"), {"username": user.username, "password": PASSWORD, "next": "/checks/"})

    answer = door.client.post(reverse("mfa_authenticate"), {"code": code()})

    assert answer.url == "/checks/"
    assert is_in(door.client)


def test_a_code_lets_in_once(door):
    user, shown = with_app(a_member()), code()
    door.try_password(user)
    door.client.post(reverse("mfa_authenticate"), {"code": shown})
    other = Door(Client())
    other.try_password(user)

    refused = other.client.post(reverse("mfa_authenticate"), {"code": shown})

    assert refused.status_code == 200
    assert not is_in(other.client)


def test_wrong_codes_are_refused_recorded_and_soon_not_looked_at(door):
    user = with_app(a_member())
    door.try_password(user)

    for _ in range(5):
        door.client.post(reverse("mfa_authenticate"), {"code": "000000"})
    answer = door.client.post(reverse("mfa_authenticate"), {"code": code()})

    assert acts().count("person.code_refused") == 5
    assert answer.status_code == 200
    assert not is_in(door.client)


def test_a_recovery_code_lets_in_once(door):
    user = with_app(a_member())
    spare = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()[0]
    door.try_password(user)
    door.client.post(reverse("mfa_authenticate"), {"code": spare})
    other = Door(Client())
    other.try_password(user)

    other.client.post(reverse("mfa_authenticate"), {"code": spare})

    assert is_in(door.client)
    assert not is_in(other.client)


def test_a_link_for_a_new_password_does_not_go_round_the_second_factor(door):
    user = with_app(a_member())

    answer = use(services.welcome_link(user), door.client, password=NEW)

    assert answer.url == reverse("mfa_authenticate")
    assert not is_in(door.client)


def test_an_app_is_added_with_its_first_code_and_codes_for_the_day_it_is_lost(door):
    user = a_member()
    page = door.sign_in(user).get(reverse("mfa_activate_totp"))
    secret = re.search(r'id="secret" value="(\w+)"', page.content.decode())[1]

    answer = door.client.post(reverse("mfa_activate_totp"), {"code": code(secret)}, follow=True)

    assert "Recovery codes" in words(answer)
    assert User.objects.get(pk=user.pk).has_factor
    assert "person.factor_added" in acts()
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))


def test_before_a_factor_is_changed_the_password_is_asked_for_again():
    client = Client()
    client.force_login(a_member())  # a session that was not begun at the door in the last minutes

    answer = client.get(reverse("mfa_activate_totp"))

    assert answer.url == f"{reverse('account_reauthenticate')}?next={quote_plus(reverse('mfa_activate_totp'))}"
    again = client.post(answer.url, {"password": PASSWORD, "next": reverse("mfa_activate_totp")})
    assert client.get(again.url).status_code == 200


def test_removing_the_app_takes_the_codes_along(door):
    user = with_app(a_member())
    door.try_password(user)
    door.client.post(reverse("mfa_authenticate"), {"code": code()})

    door.client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.filter(user=user).exists()
    assert not User.objects.get(pk=user.pk).has_factor
    assert "person.factor_removed" in acts()


@pytest.mark.parametrize(
    ("policy", "role", "is_wanted"),
    [
        ("nobody", Role.ADMINISTRATOR, False),
        ("administrators", Role.ADMINISTRATOR, True),
        ("administrators", Role.OPERATOR, False),
        ("everybody", Role.VIEWER, True),
    ],
)
def test_the_policy_says_who_must_have_one(policy, role, is_wanted, settings):
    settings.REQUIRE_MFA = policy

    assert factors.is_wanting(a_member(role)) == is_wanted


def test_who_must_have_one_gets_no_further_than_adding_it(door, settings):
    settings.REQUIRE_MFA = "everybody"
    user = a_member()
    door.sign_in(user)

    sent = [door.client.get(path).url for path in ("/", "/findings/", "/guide/en/", "/inbox/")]

    assert sent == [reverse("account")] * 4
    assert door.client.get("/findings/", headers={"HX-Request": "true"}).status_code == 401  # a part of a page
    assert "Add one to go on" in words(door.client.get(reverse("account")))
    assert door.client.get(reverse("mfa_activate_totp")).status_code == 200


def test_who_has_one_goes_on(door, settings):
    settings.REQUIRE_MFA = "everybody"
    user = with_app(a_member())
    door.try_password(user)
    door.client.post(reverse("mfa_authenticate"), {"code": code()})

    assert door.client.get("/checks/").status_code == 200


def test_whoever_comes_through_a_provider_is_asked_there(settings):
    settings.REQUIRE_MFA = "everybody"
    user = a_member()
    user.set_unusable_password()

    assert not factors.is_wanting(user)


def test_an_administrator_resets_what_was_lost(door):
    user, admin = with_app(a_member()), a_member(Role.ADMINISTRATOR)
    door.sign_in(admin)

    door.client.post(reverse("person-factors-reset", args=[user.pk]))

    assert not User.objects.get(pk=user.pk).has_factor
    assert Door(Client()).try_password(user).url == reverse("overview")
    assert acts().count("person.factors_reset") == 1


def test_secrets_of_factors_lie_sealed():
    user = with_app(a_member())

    kept = str(list(Authenticator.objects.filter(user=user).values_list("data", flat=True)))

    assert SECRET not in kept


def test_where_the_key_is_lost_no_code_is_right(door, settings):
    settings.SEALING_KEYS = ["old"]
    user = with_app(a_member())
    settings.SEALING_KEYS = ["new"]
    door.try_password(user)

    answer = door.client.post(reverse("mfa_authenticate"), {"code": code()})

    assert answer.status_code == 200
    assert not is_in(door.client)
