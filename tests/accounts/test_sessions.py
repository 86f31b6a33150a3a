"""Sessions: rolling on, listed, and ended here, elsewhere, or by an administrator."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from secdash.accounts import services, sessions
from secdash.accounts.models import User
from secdash.accounts.roles import Role
from tests.accounts.door import NEW, Door, acts, is_in, with_app, words
from tests.accounts.test_door import use
from tests.cast import PASSWORD, a_member

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def another(user):
    """A second browser of the same person."""
    client = Client(headers={"user-agent": FIREFOX})
    Door(client).sign_in(user)
    return client


def test_the_key_of_a_session_changes_at_the_door(door):
    door.client.get("/language/")
    session = door.client.session
    session["before"] = 1
    session.save()
    door.client.cookies["sessionid"] = session.session_key

    door.sign_in(a_member())

    assert door.client.session.session_key != session.session_key
    assert not Session.objects.filter(pk=session.session_key).exists()


def test_cookies_are_for_the_server_alone(door):
    cookie = door.sign_in(a_member()).cookies["sessionid"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 7 * 24 * 3600


def test_a_session_that_is_used_rolls_on_with_one_write_in_ten_minutes(door):
    client = door.sign_in(a_member())
    client.session.save()
    session = client.session
    session[sessions.SEEN] = int(time.time()) - 601
    session.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(hours=1))
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=1))

    client.get(reverse("account"))

    assert Session.objects.get().expire_date > timezone.now() + timedelta(days=6)
    assert UserSession.objects.get().last_seen_at > timezone.now() - timedelta(minutes=1)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("account-password"))
    assert not [each for each in queries if each["sql"].startswith(("UPDATE", "INSERT"))]


def test_a_page_asks_once_who_it_is_and_nothing_of_factors_and_devices(door, settings):
    settings.REQUIRE_MFA = "everybody"
    user = with_app(a_member())
    door.client.force_login(user)

    with CaptureQueriesContext(connection) as queries:
        assert door.client.get("/checks/").status_code == 200

    asked = [each["sql"] for each in queries]
    assert sum("django_session" in sql for sql in asked) == 1
    assert not [sql for sql in asked if "mfa_" in sql or "usersession" in sql or "socialaccount" in sql]


def test_devices_are_listed_in_words_and_the_present_one_is_marked(door):
    user = a_member()
    another(user)

    page = words(door.sign_in(user).get(reverse("account")))

    assert "Firefox, Linux" in page
    assert page.count("this one") == 1


def test_signing_out_elsewhere_leaves_this_one(door):
    user = a_member()
    door.sign_in(user)
    other = another(user)

    door.client.post(reverse("account-sessions-end"))

    assert is_in(door.client)
    assert not is_in(other)
    assert UserSession.objects.count() == 1
    assert acts().count("person.sessions_ended") == 1


def test_one_device_is_signed_out_and_nobody_elses(door):
    user, stranger = a_member(), a_member(Role.OPERATOR)
    door.sign_in(user)
    other, strangers = another(user), another(stranger)
    their, foreign = (UserSession.objects.filter(user=each).latest("pk").pk for each in (user, stranger))

    answers = [door.client.post(reverse("account-session-end", args=[pk])).status_code for pk in (their, foreign)]

    assert answers == [302, 404]
    assert (is_in(other), is_in(strangers), is_in(door.client)) == (False, True, True)


def test_a_new_password_ends_the_other_sessions(door):
    user = a_member()
    door.sign_in(user)
    other = another(user)
    fields = {"old": PASSWORD, "password": NEW, "again": NEW}

    answer = door.client.post(reverse("account-password"), fields)

    assert answer.url == reverse("account")
    assert (is_in(door.client), is_in(other)) == (True, False)
    assert "person.password_changed" in acts()
    assert Door(Client()).try_password(user, NEW).status_code == 302


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"old": "wrong"}, "This is not your present password."),
        ({"again": "another"}, "The two are not the same."),
        ({"password": "short", "again": "short"}, "10 characters"),
        ({"password": "viewer-viewer", "again": "viewer-viewer"}, "too similar"),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_words(door, changed, said):
    door.sign_in(a_member(username="viewer-viewers"))

    answer = door.client.post(reverse("account-password"), {"old": PASSWORD, "password": NEW, "again": NEW, **changed})

    assert answer.status_code == 422
    assert said in words(answer)


def test_a_link_for_a_new_password_ends_every_session(door):
    user = a_member()
    other = another(user)
    user.refresh_from_db()

    use(services.welcome_link(user), door.client, password=NEW)

    assert (is_in(door.client), is_in(other)) == (True, False)


def test_a_link_for_a_new_password_lets_nobody_in_who_is_deactivated(door):
    user = a_member()
    link = services.welcome_link(user)
    User.objects.update(is_active=False)

    page = door.client.get(link.removeprefix("http://127.0.0.1:8000"), follow=True)

    assert "no longer good" in page.content.decode()


@pytest.mark.parametrize(
    "next_url", ["https://evil.example/", "//evil.example", "http://localhost/", "javascript:alert(1)"]
)
def test_the_door_leads_nowhere_else(client, next_url):
    user = a_member()

    answer = client.post(reverse("login"), {"username": user.username, "password": PASSWORD, "next": next_url})

    assert answer.url == reverse("overview")
