"""Coming in through another house's OpenID provider, which really signs what it says."""

from __future__ import annotations

import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import reverse

from secdash.accounts import provider as ours
from secdash.accounts.models import User
from secdash.accounts.roles import Role
from tests.accounts.door import Door, acts, is_in, with_app, words
from tests.accounts.openid import CLIENT, SECRET, running_provider
from tests.cast import a_member

pytestmark = pytest.mark.django_db
BEGIN = "/accounts/oidc/login/"


@pytest.fixture
def provider(settings):
    with running_provider() as running:
        app = {
            "provider_id": "oidc",
            "name": "Example",
            "client_id": CLIENT,
            "secret": SECRET,
            "settings": {"server_url": running.url},
        }
        settings.OIDC = app
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        yield running


def come_in(provider, client=None, begin=BEGIN, **fields):
    """Press the button, and come back from the provider with a code; the client, and the last answer."""
    client = client or Client()
    there = client.post(begin, fields)
    return client, client.get(provider.authorize(there.url))


def test_the_door_offers_it_by_its_name(provider, client):
    assert "Sign in with Example" in words(client.get(reverse("login")))


def test_where_none_is_set_there_is_none(client):
    assert client.post(BEGIN).status_code == 404
    assert "Sign in with Example" not in words(client.get(reverse("login")))


def test_a_new_person_comes_in_and_sees_no_host_until_given_one(provider):
    client, answer = come_in(provider)

    user = User.objects.get()
    assert answer.url == reverse("overview")
    assert is_in(client)
    assert (user.username, user.email, user.role, user.reach) == (
        "camille",
        "camille@example.org",
        Role.VIEWER,
        User.Reach.GROUPS,
    )
    assert not user.has_usable_password()
    assert "person.added" in acts()


def test_they_are_the_same_person_the_next_time_whatever_they_are_called_then(provider):
    come_in(provider)
    provider.claims["preferred_username"] = "renamed"

    client, _answer = come_in(provider)

    assert is_in(client)
    assert User.objects.get().username == "camille"


def test_the_page_asked_for_is_where_they_arrive(provider):
    _client, answer = come_in(provider, next="/checks/")

    assert answer.url == "/checks/"


@pytest.mark.parametrize("same", ["username", "email"])
def test_nobodys_account_is_taken_over_by_a_name_or_an_address(provider, same):
    there = a_member(
        Role.ADMINISTRATOR, username="camille" if same == "username" else "admin", email="camille@example.org"
    )

    client, _answer = come_in(provider)

    assert client.session["_auth_user_id"] != str(there.pk)
    assert SocialAccount.objects.get().user.username == ("camille-2" if same == "username" else "camille")


def test_groups_of_the_provider_come_to_the_strongest_role(provider, settings):
    settings.OIDC_ROLES = {"ops": "operator", "docs": "contributor", "boss": "administrator"}
    provider.claims["groups"] = ["docs", "ops", "golf"]

    come_in(provider)

    user = User.objects.get()
    assert (user.role, user.reach) == (Role.OPERATOR, User.Reach.ALL)


def test_the_role_follows_the_groups_at_each_sign_in(provider, settings):
    settings.OIDC_ROLES = {"ops": "operator"}
    provider.claims["groups"] = ["ops"]
    come_in(provider)
    provider.claims["groups"] = []

    client, _answer = come_in(provider)

    assert User.objects.get().role == Role.VIEWER
    assert is_in(client)
    assert acts().count("person.role_changed") == 1


def test_the_last_administrator_stays_one_whatever_the_groups_say(provider, settings):
    settings.OIDC_ROLES = {"boss": "administrator"}
    provider.claims["groups"] = ["boss"]
    come_in(provider)
    provider.claims["groups"] = []

    client, _answer = come_in(provider)

    assert User.objects.get().role == Role.ADMINISTRATOR
    assert is_in(client)


def other_key(provider):
    provider.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def say(**lies):
    return lambda provider: provider.token.update(lies)


LIES = {
    "signed by another key": other_key,
    "of another issuer": say(iss="https://evil.example"),
    "for another client": say(aud="another"),
    "of yesterday": say(exp=1_700_000_000),
    "about two people": lambda provider: provider.userinfo.update(sub="43"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_in_order_lets_nobody_in(provider, lie):
    LIES[lie](provider)

    client, answer = come_in(provider)

    assert answer.url == reverse("login")
    assert "Signing in with Example did not work." in words(client.get(answer.url))
    assert not is_in(client)
    assert not User.objects.exists()


def test_an_answer_that_nobody_asked_for_lets_nobody_in(provider, client):
    come_in(provider)

    answer = client.get("/accounts/oidc/callback/?code=once&state=made-up")

    assert answer.url == reverse("login")
    assert not is_in(client)


def test_a_deactivated_person_stays_out(provider):
    come_in(provider)
    User.objects.update(is_active=False)

    client, answer = come_in(provider)

    assert answer.url == reverse("account_inactive")
    assert not is_in(client)


def test_a_second_factor_that_was_added_here_is_asked_for(provider):
    come_in(provider)
    with_app(User.objects.get())

    client, answer = come_in(provider)

    assert answer.url == reverse("mfa_authenticate")
    assert not is_in(client)


def test_the_owner_connects_their_account_and_parts_it_again(provider, door):
    user = a_member()
    door.sign_in(user)

    come_in(provider, door.client, begin=f"{BEGIN}?process=connect")
    connected, _answer = come_in(provider)
    door.client.post(reverse("account-provider-leave"))

    assert connected.session["_auth_user_id"] == str(user.pk)
    assert not SocialAccount.objects.exists()
    assert {"person.provider_connected", "person.provider_left"} <= set(acts())
    assert User.objects.count() == 1


def test_whose_only_way_in_it_is_stays_connected(provider):
    client, _answer = come_in(provider)

    client.post(reverse("account-provider-leave"))

    assert SocialAccount.objects.exists()


@pytest.mark.parametrize(
    ("wishes", "name"),
    [(["Zoë Öz", ""], "Zoë-Öz"), (["", "<script>"], "script"), (["", ""], "person"), (["VERA"], "VERA-2")],
)
def test_a_name_is_made_of_what_the_provider_says(wishes, name):
    a_member(username="vera")

    assert ours.free_name(wishes) == name


def test_it_is_left_by_pressing_a_button_alone(provider, client):
    assert client.get(BEGIN).status_code == 405
    assert Door(client).client.get("/accounts/oidc/callback/").url == reverse("login")
