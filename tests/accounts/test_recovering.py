"""A forgotten password: asked for at the door, mailed behind the asker's back, the same answer for every name."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from secdash.accounts import mail, recovering
from tests import queueing
from tests.accounts.door import NEW, Door, acts, words
from tests.accounts.test_door import use
from tests.cast import a_member
from tests.messaging.receivers import a_mail_server

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def post(settings):
    with a_mail_server() as server:
        settings.MAIL = server.settings
        yield server


def test_a_link_comes_by_mail_and_sets_a_new_password(post):
    user = a_member(email="vera@example.org")

    number = recovering.mail_links("VERA@example.org", language="en", at=NOW)

    _receivers, letter = post.came[0]
    link = re.search(r"http://\S+/accounts/welcome/\S+", letter.get_content())[0]
    use(link, Client(), password=NEW)
    assert number == 1
    assert letter["To"] == "vera@example.org"
    assert Door(Client()).try_password(user, NEW).url == reverse("overview")
    assert "person.reset_link" in acts()


@pytest.mark.parametrize("name", ["nobody", "without", "gone", "through-a-provider"])
def test_nothing_is_mailed_where_nothing_could_be_set(post, name):
    a_member(username="without")
    a_member(username="gone", email="gone@example.org", is_active=False)
    other = a_member(username="through-a-provider", email="other@example.org")
    other.set_unusable_password()
    other.save()

    assert recovering.mail_links(name, language="en", at=NOW) == 0
    assert post.came == []


def test_the_answer_is_the_same_for_every_name(client, post):
    a_member(email="vera@example.org")

    answers = {words(client.post(reverse("forgotten"), {"name": name}, follow=True)) for name in ("viewer", "nobody")}

    assert len(answers) == 1
    assert "If there is such an account" in answers.pop()
    assert len(queueing.sent(queueing.MESSAGES)) == 2


def test_without_a_mail_server_the_page_says_who_can_help(client, settings):
    settings.MAIL = {}

    assert "An administrator can make a link for you." in words(client.post(reverse("forgotten"), {"name": "viewer"}))
    assert queueing.sent(queueing.MESSAGES) == []


def test_a_mail_server_that_is_gone_is_told_without_its_words(settings):
    settings.MAIL = {"host": "127.0.0.1", "port": 9, "username": "", "password": "secret of the server"}

    with pytest.raises(mail.NotSent) as refused:
        mail.post("A", "b", to="vera@example.org")

    assert not str(refused.value)
