"""Messages reach real receivers on the loopback, are tried again, and are given up with a sentence."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from secdash.messaging import channels, chats, mail, sending
from secdash.messaging.letters import Letter, told
from secdash.messaging.models import Delivery
from tests import queueing
from tests.cast import a_member
from tests.messaging.receivers import a_mail_server, a_webhook
from tests.messaging.world import a_channel, a_known_host, a_rule, deliver, tick, worsens

pytestmark = pytest.mark.django_db
NEWS = Letter(
    told("%(host)s is unreachable", host="web-01"),
    (told("%(host)s is unreachable", host="@channel <!here>").item("/hosts/web-01/"),),
)


def queued(channel, letter=NEWS, kind=Delivery.Kind.NEWS):
    return sending.queue(channel, letter, kind=kind, at=timezone.now())


def test_a_webhook_gets_title_and_text():
    with a_webhook() as hook:
        done = deliver(queued(a_channel(hook.address)))

    assert (done.state, done.letter) == (Delivery.State.DONE, {})
    (came,) = hook.came
    assert came["title"] == "web-01 is unreachable"
    assert "http://127.0.0.1:8000/hosts/web-01/" in came["message"]
    assert "@channel" not in came["message"]
    assert "<!here>" not in came["message"]


def test_from_a_scan_to_the_webhook():
    with a_webhook() as hook:
        a_rule(a_channel(hook.address))
        worsens(a_known_host(), privileged=True)
        tick()
        deliver(Delivery.objects.get())

    assert " on web-01: " in hook.came[0]["title"]
    assert "1 critical" in hook.came[0]["title"]


def test_mail_is_plain_text_with_html_beside_it(settings):
    with a_mail_server() as server:
        settings.MAIL = server.settings
        done = deliver(queued(a_channel("ops@example.org")))

    assert done.state == Delivery.State.DONE
    ((receivers, message),) = server.came
    assert [line.partition(":")[2] for line in receivers] == ["<ops@example.org>"]
    assert message["Subject"] == "[secdash] web-01 is unreachable"
    plain, html = (part.get_content() for part in message.iter_parts())
    assert "http://127.0.0.1:8000/hosts/web-01/" in plain
    assert '<a href="http://127.0.0.1:8000/hosts/web-01/">' in html
    assert "<!here>" not in html


def test_a_name_cannot_add_a_header(settings):
    letter = Letter(told("%(host)s is unreachable", host="x\r\nBcc: all@example.org\r\n\r\nHello"))
    with a_mail_server() as server:
        settings.MAIL = server.settings
        deliver(queued(a_channel("ops@example.org"), letter))

    ((receivers, message),) = server.came
    assert len(receivers) == 1
    assert message["Bcc"] is None


def test_mail_is_written_in_the_language_of_the_channel(settings):
    with a_mail_server() as server:
        settings.MAIL = server.settings
        deliver(queued(a_channel("ops@example.org", language="fr")))

    assert "web-01 est injoignable" in server.came[0][1]["Subject"]


def test_without_a_mail_server_it_says_so_at_once():
    done = deliver(queued(a_channel("ops@example.org")))

    assert (done.state, done.failure) == (Delivery.State.FAILED, mail.NOT_SET_UP)


def test_an_address_that_the_mail_server_refuses_is_not_tried_again(settings):
    with a_mail_server("550 no such person ops@example.org") as server:
        settings.MAIL = server.settings
        done = deliver(queued(a_channel("ops@example.org")))

    assert done.state == Delivery.State.FAILED
    assert str(done.failure) == "The mail server refuses the receiver’s address (550)."


def test_a_mail_server_that_asks_to_come_again_is_asked_again(settings):
    with a_mail_server("451 later") as server:
        settings.MAIL = server.settings
        done = deliver(queued(a_channel("ops@example.org")))

    assert done.state == Delivery.State.QUEUED


def test_what_fails_is_tried_again_later_and_later_and_then_given_up():
    with a_webhook(503) as hook:
        delivery, at = queued(a_channel(hook.address)), timezone.now()
        waits = []
        for _attempt in range(5):
            deliver(delivery, at)
            waits.append(delivery.not_before - at)
            at = max(at, delivery.not_before)

    assert waits[:4] == list(sending.WAITS)
    assert (delivery.state, delivery.attempts) == (Delivery.State.FAILED, 5)
    assert str(delivery.failure) == "The other side refused the message: it answered with status 503."
    assert len(hook.came) == 5


def test_it_is_not_sent_before_its_time():
    with a_webhook(503) as hook:
        delivery = deliver(queued(a_channel(hook.address)))
        deliver(delivery, timezone.now() + timedelta(seconds=30))

    assert len(hook.came) == 1


def test_nobody_there_is_said_in_words():
    done = deliver(queued(a_channel("json://127.0.0.1:9/s3cret")))

    assert (done.state, str(done.failure)) == (
        Delivery.State.QUEUED,
        "The other side does not answer, or not in time.",
    )


def test_a_redirect_is_not_followed():
    with a_webhook(307) as hook:
        done = deliver(queued(a_channel(hook.address)))

    assert done.state == Delivery.State.QUEUED
    assert len(hook.came) == 1


def test_two_workers_with_one_message_send_it_once():
    with a_webhook() as hook:
        delivery = queued(a_channel(hook.address))
        deliver(delivery)
        deliver(delivery)

    assert len(hook.came) == 1


def test_what_lost_its_worker_is_taken_up_again():
    delivery = queued(a_channel())
    at = timezone.now()
    sending.claim(delivery.pk, at=at)
    sending.carry_on(at=at + timedelta(minutes=1))
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.RUNNING

    sending.carry_on(at=at + sending.LEASE + timedelta(seconds=1))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.failure) == (Delivery.State.QUEUED, sending.LOST)


def test_what_lost_its_message_to_the_worker_is_sent_again():
    delivery = queued(a_channel())
    sending.carry_on(at=timezone.now())

    assert queueing.sent(queueing.MESSAGES) == [delivery.pk]


def test_a_queue_that_is_down_leaves_it_waiting(django_capture_on_commit_callbacks):
    with queueing.broker(queueing.NOWHERE), django_capture_on_commit_callbacks(execute=True):
        delivery = queued(a_channel())

    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.QUEUED


def test_an_address_that_no_key_opens_says_what_to_do(settings):
    channel = a_channel()
    settings.SEALING_KEYS = ["another"]

    assert deliver(queued(channel)).failure == sending.UNREADABLE


def test_no_address_is_ever_logged(caplog, settings):
    settings.MAIL = {"host": "127.0.0.1", "port": 9, "username": "", "password": "", "use_tls": False, "use_ssl": False}
    caplog.set_level(logging.DEBUG)
    for name in ("apprise", "urllib3.connectionpool"):
        assert not logging.getLogger(name).isEnabledFor(logging.DEBUG)
    with a_webhook() as good, a_webhook(500) as bad:
        deliver(queued(a_channel(good.address)))
        deliver(queued(a_channel(bad.address)))
    deliver(queued(a_channel("json://127.0.0.1:9/s3cret-t0ken")))
    deliver(queued(a_channel("somebody@example.org")))

    assert "s3cret" not in caplog.text
    assert "somebody" not in caplog.text
    assert "s3cret" not in str(list(Delivery.objects.values()))


@pytest.mark.parametrize(
    "address",
    [
        "syslog://localhost",
        "dbus://",
        "windows://",
        "macosx://",
        "file:///etc/passwd",
        "mailto://user:pass@example.org",
        "rsyslog://localhost",
        "mqtt://localhost/topic",
        "apprise://localhost/token",
        "discord://123456789012345678/abcdefghijklmnop?template=/etc/passwd",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/?template=file:///etc/passwd",
        "ntfy://topic?attach=file:///etc/passwd",
        "json://localhost/?method=DELETE",
        "jsons://localhost/?verify=no",
        "json://localhost/?redirect=yes",
        "json://localhost/?%72edirect=yes",
        "json://localhost/?x=1;redirect=yes",
        "json://localhost/?:message=x",
        "json://",
        "nothing",
        "http://169.254.169.254/latest",
    ],
)
def test_addresses_that_could_reach_this_machine_or_read_its_files_are_refused(address):
    with pytest.raises(chats.NotAnAddress) as refused:
        chats.checked(address)
    assert address not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#ops", "slack://…"),
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "slack://…"),
        ("https://discord.com/api/webhooks/123456789012345678/abcdefghijklmnop", "discord://…"),
        ("ntfy://my-secret-topic", "ntfy://…"),
        ("mmosts://chat.example.org/3ccdd113474722377935511fc85d3dd4", "mmosts://chat.example.org/…"),
        ("jsons://hooks.example.org/t0ken?+X-Key=abc", "jsons://hooks.example.org/…"),
        ("gotify://push.example.org/AbCdEf123456789", "gotify://push.example.org/…"),
    ],
)
def test_addresses_of_services_are_taken_and_only_hinted_at(address, hint):
    assert chats.hint(chats.checked(address)) == hint


# --- the test button ----------------------------------------------------------------------------------------------


def test_the_test_message_says_that_it_is_one():
    with a_webhook() as hook:
        done = deliver(channels.test(a_channel(hook.address), by=a_member(), at=timezone.now()))

    assert done.state == Delivery.State.DONE
    assert hook.came[0]["title"] == "Test message from secdash"


def test_a_test_is_tried_once_and_its_failure_is_the_answer():
    with a_webhook(404) as hook:
        done = deliver(channels.test(a_channel(hook.address), by=a_member(), at=timezone.now()))

    assert done.state == Delivery.State.FAILED
    assert str(done.failure) == "The other side refused the message: it answered with status 404."


def test_the_button_is_not_a_way_to_flood_somebody():
    channel, at = a_channel(), timezone.now()
    channels.test(channel, by=a_member(), at=at)

    with pytest.raises(channels.Refused):
        channels.test(channel, by=a_member(), at=at + timedelta(seconds=5))
    assert channel.deliveries.count() == 1
