"""A person's language is theirs: over what the browser asks for, on pages and in what is mailed to them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from secdash.accounts import recovering
from secdash.accounts.models import User
from secdash.accounts.roles import Role
from secdash.audit.models import AuditEntry
from secdash.messaging.models import Channel
from secdash.reports import scheduling
from secdash.reports.models import Paper, Schedule
from tests.cast import a_member, signed_in
from tests.messaging.receivers import a_mail_server
from tests.messaging.world import a_channel

pytestmark = pytest.mark.django_db
NAMES = {"first_name": "", "last_name": "", "email": "ada@example.org"}


def language_of(client, **headers) -> str:
    return client.get(reverse("account"), headers=headers)["Content-Language"]


def test_what_is_chosen_in_the_account_holds_over_cookie_and_browser_and_is_recorded():
    client = signed_in(Role.VIEWER)
    client.cookies["django_language"] = "en"

    before = language_of(client)
    saved = client.post(reverse("account-name"), {**NAMES, "language": "fr"})
    after = language_of(client, **{"Accept-Language": "en"})
    client.post(reverse("account-name"), {**NAMES, "language": ""})

    assert (before, saved.status_code, after) == ("en", 302, "fr")
    assert language_of(client) == "en"
    first = AuditEntry.objects.filter(act="person.changed").order_by("pk")[0]
    assert (first.before["language"], first.after["language"]) == ("", "fr")


def test_what_is_no_language_here_is_refused():
    answer = signed_in(Role.VIEWER).post(reverse("account-name"), {**NAMES, "language": "tlh"})

    assert answer.status_code == 422
    assert User.objects.get().language == ""


def test_the_button_of_every_page_changes_it_for_whoever_is_signed_in():
    client = signed_in(Role.VIEWER)

    for client_, language in ((client, "fr"), (Client(), "en"), (client, "tlh")):
        client_.post(reverse("set-language"), {"language": language, "next": "/"})

    assert User.objects.get().language == "fr"
    assert language_of(client) == "fr"


def test_a_page_at_the_door_is_in_the_language_of_the_browser():
    a_member(Role.VIEWER, language="fr")

    assert Client().get(reverse("login"))["Content-Language"] == "en"


def test_their_own_channels_and_reports_speak_it():
    user, at = a_member(Role.VIEWER, language="fr"), timezone.now()
    own, of_all = a_channel(owner=user, kind=Channel.Kind.MAIL), a_channel()
    due = scheduling.schedule(user, "management", "", Schedule.Every.WEEK, language="en", at=at)

    scheduling.write_due(at=due.next_at + timedelta(minutes=1))

    assert (own.speaks, of_all.speaks, Paper.objects.get().language) == ("fr", "en", "fr")
    User.objects.update(language="tlh")
    assert Channel.objects.get(pk=own.pk).speaks == "en"


def test_a_link_for_a_new_password_is_mailed_in_it(settings):
    a_member(username="ada", email="ada@example.org", language="fr")
    a_member(username="bob", email="bob@example.org")

    with a_mail_server() as server:
        settings.MAIL = server.settings
        for name in ("ada", "bob"):
            recovering.mail_links(name, language="en", at=timezone.now())

    told = [letter.get_content() for _receivers, letter in server.came]
    assert "Quelqu’un a demandé" in told[0]
    assert "Somebody asked" in told[1]
