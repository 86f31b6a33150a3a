"""Signed webhooks: what is sent, what the receiver can check, and where nothing goes."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from secdash import sealing
from secdash.accounts.roles import Role
from secdash.messaging import channels, sending, webhooks
from secdash.messaging.letters import Letter, told
from secdash.messaging.models import Channel, Delivery
from secdash.messaging.outcome import NotSent
from tests.cast import signed_in
from tests.messaging.receivers import a_webhook
from tests.messaging.world import a_channel, deliver

pytestmark = pytest.mark.django_db
LETTER = Letter(told("%(host)s is unreachable", host="web-01"))
NOW = timezone.now()
FORBIDDEN = ("169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "[::ffff:169.254.169.254]", "[::]")
FORM = {"kind": "webhook", "name": "CI", "language": "en"}


def a_hook(address: str) -> Channel:
    return a_channel(kind=Channel.Kind.WEBHOOK, sealed=sealing.seal(webhooks.packed(address)))


def at(server, path: str = "/hook?team=1") -> str:
    return f"http://127.0.0.1:{server.server_port}{path}"


def queued(channel: Channel) -> Delivery:
    return sending.queue(channel, LETTER, kind=Delivery.Kind.NEWS, at=NOW)


def test_the_receiver_can_tell_who_sent_it_and_when():
    with a_webhook() as server:
        channel = a_hook(at(server))
        done = deliver(queued(channel), NOW)

    (body,), (headers,) = server.came, server.headers
    moment, digest = (part.partition("=")[2] for part in headers["Secdash-Signature"].split(","))
    sent = json.dumps(body, ensure_ascii=False).encode()
    expected = hmac.new(channels.secret_of(channel).encode(), f"{moment}.".encode() + sent, hashlib.sha256).hexdigest()
    assert done.state == Delivery.State.DONE
    assert (digest, int(moment)) == (expected, int(NOW.timestamp()))
    assert (body["subject"], body["kind"], body["delivery"]) == ("web-01 is unreachable", "news", done.pk)
    assert headers["Secdash-Delivery"] == str(done.pk)


def test_a_second_try_has_the_same_number_and_another_time():
    with a_webhook(503) as server:
        delivery = queued(a_hook(at(server)))
        deliver(delivery, NOW)
        deliver(delivery, NOW + timedelta(minutes=5))

    first, second = server.headers
    assert first["Secdash-Delivery"] == second["Secdash-Delivery"]
    assert first["Secdash-Signature"] != second["Secdash-Signature"]


def test_a_redirect_is_not_followed():
    with a_webhook(307) as server:
        done = deliver(queued(a_hook(at(server))))

    assert len(server.came) == 1
    assert str(done.failure) == "The other side refused the message: it answered with status 307."


@pytest.mark.parametrize("host", FORBIDDEN)
def test_nothing_goes_to_where_clouds_keep_credentials(host):
    done = deliver(queued(a_hook(f"http://{host}/latest/meta-data")))

    assert (done.state, done.attempts) == (Delivery.State.FAILED, 1)
    assert str(done.failure) == str(webhooks.NOT_THERE)


def test_a_name_that_leads_nowhere_is_tried_again():
    with pytest.raises(NotSent) as refused:
        webhooks.carry(webhooks.packed("https://hooks.invalid/x"), LETTER, language="en", number=1, kind="news", at=NOW)

    assert not refused.value.is_final


@pytest.mark.parametrize("address", ["ftp://x/y", "https://", "https://me:pw@x/", "https://x/ y", "https://x:99999/"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(webhooks.NotAnAddress):
        webhooks.checked(address)


def test_its_secret_is_shown_once_and_its_address_never():
    client = signed_in(Role.OPERATOR)
    form = {**FORM, "address": "https://hooks.example.org/t0p", "belongs": "all"}

    made = client.post(reverse("channel-add"), form)

    channel = Channel.objects.get(kind="webhook")
    secret = channels.secret_of(channel)
    later = client.get(reverse("channel", args=[channel.pk])).text
    assert (made.status_code, secret in made.text, "no-store" in made["Cache-Control"]) == (200, True, True)
    assert secret.startswith("whsec_")
    assert secret not in later
    assert "t0p" not in made.text + later
    assert channel.hint == "https://hooks.example.org/…"


def test_another_address_gets_another_secret():
    client = signed_in(Role.OPERATOR)
    channel = a_hook("https://hooks.example.org/a")
    before = channels.secret_of(channel)

    changed = client.post(
        reverse("channel-edit", args=[channel.pk]),
        {"name": "CI", "language": "en", "address": "https://hooks.example.org/b"},
    )

    channel.refresh_from_db()
    assert channels.secret_of(channel) != before
    assert channels.secret_of(channel) in changed.text


def test_only_whoever_manages_channels_gives_one():
    form = {**FORM, "address": "https://hooks.example.org/", "belongs": "me"}

    answer = signed_in(Role.VIEWER).post(reverse("channel-add"), form)

    assert (answer.status_code, Channel.objects.filter(kind="webhook").count()) == (422, 0)
