"""The settings of messages: whose channels one sees, what may be typed, and what the buttons do."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from secdash import sealing
from secdash.accounts.roles import Role
from secdash.fleet.models import Group
from secdash.messaging import channels, services
from secdash.messaging.letters import letter_from
from secdash.messaging.models import Channel, Delivery, Rule
from tests.cast import a_member, signed_in
from tests.messaging.receivers import a_mail_server, a_webhook
from tests.messaging.world import Event, a_channel, a_known_host, a_rule, deliver, worsens

pytestmark = pytest.mark.django_db
HOOK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


def adds(role=Role.OPERATOR, **fields):
    data = {"kind": "apprise", "name": "Team chat", "address": HOOK, "belongs": "all", "language": "en", **fields}
    return signed_in(role).post(reverse("channel-add"), data)


def test_an_operator_adds_a_chat_and_its_address_is_never_shown_again():
    answer = adds()
    channel = Channel.objects.get()

    assert answer.url == reverse("rule-add", args=[channel.pk])
    assert sealing.unseal(channel.sealed).startswith("slack://T1JJ3T3L2/")
    for name in ("channel", "channel-edit"):
        page = signed_in(Role.OPERATOR).get(reverse(name, args=[channel.pk])).content.decode()
        assert "slack://…" in page
        assert "T1JJ3T3L2" not in page


def test_a_viewer_cannot_give_addresses_of_chats_or_for_others():
    assert adds(Role.VIEWER).status_code == 422
    assert adds(Role.VIEWER, kind="mail", address="me@example.org", belongs="all").status_code == 422
    assert not Channel.objects.exists()


def test_what_was_typed_stays_when_it_is_refused():
    answer = adds(address="syslog://localhost")
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "Messages go to these services only" in page
    assert 'value="syslog://localhost"' in page
    assert 'value="Team chat"' in page


def test_a_mail_address_must_be_one():
    assert adds(kind="mail", address="nobody").status_code == 422


def test_a_channel_of_a_group_is_of_that_group():
    group = Group.objects.create(name="Production", slug="production")
    adds(belongs=str(group.pk))

    assert Channel.objects.get().group == group


def test_a_person_has_so_many_channels_and_no_more():
    for _number in range(channels.MOST_OF_ONE):
        adds(kind="mail", address="me@example.org", belongs="me")
    answer = adds(kind="mail", address="me@example.org", belongs="me")

    assert answer.status_code == 422
    assert Channel.objects.count() == channels.MOST_OF_ONE


def test_an_address_that_one_gives_for_oneself_is_confirmed_through_the_mail_that_went_there(settings):
    with a_mail_server() as server:
        settings.MAIL = server.settings
        adds(Role.VIEWER, kind="mail", address="me@example.org", belongs="me")
        channel, delivery = Channel.objects.get(), Delivery.objects.get()
        assert channel.confirmed_at is None
        deliver(delivery)

    link = re.search(r"http://127\.0\.0\.1:8000(/settings/\S+)", server.came[0][1].get_body(("plain",)).get_content())
    client = signed_in(Role.VIEWER)
    assert client.get(link[1]).status_code == 200
    channel.refresh_from_db()
    assert channel.confirmed_at is None  # opening is not confirming

    client.post(link[1])
    channel.refresh_from_db()
    assert channel.confirmed_at is not None


def test_a_link_for_another_address_confirms_nothing():
    user = a_member()
    channel = channels.add(
        kind="mail",
        name="M",
        address="a@example.org",
        language="en",
        owner=user,
        group=None,
        by=user,
        at=timezone.now(),
    )
    link = letter_from(Delivery.objects.get().letter).lines[1].url
    channels.change(channel, name="M", language="en", address="b@example.org", by=user, at=timezone.now())
    signed_in().post(link)

    channel.refresh_from_db()
    assert channel.confirmed_at is None
    assert not channels.confirm(channel, "nonsense", by=a_member(), at=timezone.now())


def test_one_sees_ones_own_channels_and_whoever_manages_them_those_of_teams():
    services.tick(at=timezone.now())
    mine = a_channel("me@example.org", owner=a_member(), name="My mail")
    team = a_channel(name="Team chat")

    def may_open(role, channel):
        return signed_in(role).get(reverse("channel", args=[channel.pk])).status_code == 200

    assert may_open(Role.VIEWER, mine)
    assert not may_open(Role.VIEWER, team)
    assert may_open(Role.OPERATOR, team)
    assert not may_open(Role.ADMINISTRATOR, mine)
    page = signed_in(Role.VIEWER).get(reverse("messages")).content.decode()
    assert "My mail" in page
    assert "Team chat" not in page


@pytest.mark.parametrize("name", ["channel-edit", "channel-remove", "channel-test", "channel-pause", "rule-add"])
def test_nobody_touches_what_is_somebody_elses(name):
    channel = a_channel("me@example.org", owner=a_member())

    assert signed_in(Role.ADMINISTRATOR).post(reverse(name, args=[channel.pk])).status_code == 404
    assert Channel.objects.filter(pk=channel.pk, paused_at=None).exists()


def test_the_test_button_shows_its_outcome_in_words():
    client = signed_in(Role.OPERATOR)
    with a_webhook(410) as hook:
        channel = a_channel(hook.address)
        client.post(reverse("channel-test", args=[channel.pk]))
        waiting = client.get(reverse("channel-deliveries", args=[channel.pk])).content.decode()
        deliver(Delivery.objects.get())
    page = client.get(reverse("channel", args=[channel.pk])).content.decode()

    assert 'hx-trigger="every 2s"' in waiting
    assert "every 2s" not in page
    assert "it answered with status 410." in page
    assert "not sent" in page
    assert hook.came[0]["title"].startswith("Test message")


def test_a_second_press_at_once_is_answered_and_sends_nothing():
    client, channel = signed_in(Role.OPERATOR), a_channel()
    url = reverse("channel-test", args=[channel.pk])
    client.post(url)
    answer = client.post(url, follow=True)

    assert "A test message was sent a moment ago." in answer.content.decode()
    assert Delivery.objects.count() == 1


def test_pausing_drops_what_waits_and_resuming_begins_anew():
    client, channel = signed_in(Role.OPERATOR), a_channel()
    a_rule(channel, due_at=timezone.now() + timedelta(hours=1))
    url = reverse("channel-pause", args=[channel.pk])
    client.post(url, {"do": "pause"})
    worsens(a_known_host())
    services.tick(at=timezone.now())
    client.post(url, {"do": "resume"})
    services.tick(at=timezone.now() + timedelta(hours=2))

    assert not Delivery.objects.exists()


def test_removing_asks_first_and_names_it():
    client, channel = signed_in(Role.OPERATOR), a_channel(name="Old chat")
    url = reverse("channel-remove", args=[channel.pk])

    assert "Remove Old chat" in client.get(url).content.decode()
    assert Channel.objects.exists()
    client.post(url)
    assert not Channel.objects.exists()


def test_an_inbox_is_not_tested():
    a_member()
    services.tick(at=timezone.now())
    channel = Channel.objects.get(owner=a_member())
    answer = signed_in().post(reverse("channel-test", args=[channel.pk]), follow=True)

    assert "An inbox needs no test" in answer.content.decode()
    assert not Delivery.objects.exists()


def test_an_inbox_stays():
    a_member()
    services.tick(at=timezone.now())
    channel = Channel.objects.get(owner=a_member())
    signed_in().post(reverse("channel-remove", args=[channel.pk]))

    assert Channel.objects.filter(pk=channel.pk).exists()


RULE = {
    "events": ["new", "ending"],
    "severity": "4",
    "scope": "all",
    "rhythm": "weekly",
    "pause": "10",
    "weekday": "0",
    "hour": "8",
    "zone": "Europe/Paris",
    "ahead": "14",
}


def test_a_rule_is_saved_and_said_in_words():
    client, channel = signed_in(Role.OPERATOR), a_channel()
    client.post(reverse("rule-add", args=[channel.pk]), RULE)
    page = client.get(reverse("channel", args=[channel.pk])).content.decode()

    rule = Rule.objects.get()
    assert (rule.events, rule.severity, rule.zone) == (["new", "ending"], 4, "Europe/Paris")
    assert rule.due_at > timezone.now()
    assert "findings from critical on" in page
    assert "each Monday at 08:00 Europe/Paris" in page


def test_a_rule_of_one_host_names_it_and_can_be_changed():
    host, client, channel = a_known_host(), signed_in(Role.OPERATOR), a_channel()
    client.post(reverse("rule-add", args=[channel.pk]), {**RULE, "scope": f"host-{host.pk}"})
    rule = Rule.objects.get()
    assert rule.host == host
    assert f'value="host-{host.pk}" selected' in client.get(reverse("rule-edit", args=[rule.pk])).content.decode()

    client.post(reverse("rule-edit", args=[rule.pk]), {**RULE, "rhythm": "soon"})
    rule.refresh_from_db()
    assert (rule.host, rule.scope, rule.rhythm) == (None, "all", "soon")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("zone", "Mars/Olympus"),
        ("zone", "../../etc/passwd"),
        ("events", []),
        ("hour", "24"),
        ("ahead", "0"),
        ("scope", "host-99"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(field, value):
    channel = a_channel()
    answer = signed_in(Role.OPERATOR).post(reverse("rule-add", args=[channel.pk]), {**RULE, field: value})

    assert answer.status_code == 422
    assert not Rule.objects.exists()


def test_a_rule_of_a_group_channel_offers_only_its_hosts():
    mine = a_known_host("web-01", group_name="Production")
    other = a_known_host("lab-01", group_name="Lab")
    page = signed_in(Role.OPERATOR).get(reverse("rule-add", args=[a_channel(group=mine.group).pk])).content.decode()

    assert f"host-{mine.pk}" in page
    assert f"host-{other.pk}" not in page


def test_a_rule_is_removed():
    rule = a_rule(None, Event.NEW)
    signed_in(Role.OPERATOR).post(reverse("rule-remove", args=[rule.pk]))

    assert not Rule.objects.exists()


def test_the_list_of_channels_asks_few_questions(django_assert_max_num_queries):
    for number in range(15):
        a_rule(a_channel(name=f"Chat {number}"))
    client = signed_in(Role.OPERATOR)
    with django_assert_max_num_queries(12):
        client.get(reverse("messages"))
