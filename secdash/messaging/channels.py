"""What can be done to channels and rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db import models, transaction
from django.urls import reverse

from secdash import sealing
from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.audit.recording import record
from secdash.facts.message import Message, say
from secdash.fleet.access import acts_somewhere
from secdash.fleet.models import Group
from secdash.messaging import chats, sending, webhooks
from secdash.messaging.letters import Letter, Line, told
from secdash.messaging.models import Channel, Delivery, Rule
from secdash.messaging.rhythm import Rhythm

MOST_OF_ONE = 10  # channels of a person
TEST_AGAIN_AFTER = timedelta(seconds=15)
CONFIRMED_WITHIN = timedelta(days=3)
SALT = "secdash.messaging.confirm"

TOO_MANY = say("You have %(most)s channels, which is as many as a person can have. Remove one first.", most=MOST_OF_ONE)
NO_TEST = say("An inbox needs no test: nothing leaves this server.")
WAIT = say("A test message was sent a moment ago. Wait for its outcome.")
NOT_YET = say("Confirm the channel first: the message that was sent to its address has the link.")


class Refused(Exception):
    """With the sentence for whoever asked."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


@transaction.atomic
def add(
    *,
    kind: str,
    name: str,
    address: str,
    language: str,
    owner: User | None,
    group: Group | None,
    by: User,
    at: datetime,
) -> Channel:
    """A new channel. A mail address that somebody gives for themselves counts once its receiver says yes.

    Whoever manages channels gives addresses for others, and answers for them. Raises Refused.
    """
    if owner and Channel.objects.filter(owner=owner).count() >= MOST_OF_ONE:
        raise Refused(TOO_MANY)
    channel = Channel(kind=kind, name=name, language=language, owner=owner, group=group, created_at=at, confirmed_at=at)
    _give(channel, address, by)
    channel.save()
    if channel.confirmed_at is None:
        ask_to_confirm(channel, at=at)
    record("channel.added", by=by, on=channel, after=_channel(channel), at=at)
    return channel


@transaction.atomic
def change(channel: Channel, *, name: str, language: str, address: str, by: User, at: datetime) -> None:
    """Rename it; "" leaves the address as it is, and another one is asked to confirm as a new one is."""
    before = _channel(channel)
    channel.name, channel.language = name, language
    if address:
        channel.confirmed_at = at
        _give(channel, address, by)
    channel.save(update_fields=["name", "language", "sealed", "hint", "confirmed_at"])
    if channel.confirmed_at is None:
        ask_to_confirm(channel, at=at)
    after = _channel(channel) | {"address": "changed" if address else "as it was"}
    record("channel.changed", by=by, on=channel, before=before, after=after, at=at)


def _channel(channel: Channel) -> dict[str, str]:
    """As the log of changes keeps it: of the address no more than its hint."""
    owner = str(channel.owner or channel.group or "")
    kept = {"name": channel.name, "kind": channel.kind, "language": channel.language, "hint": channel.hint}
    return {**kept, "belongs": owner}


def _give(channel: Channel, address: str, by: User) -> None:
    address = webhooks.packed(address) if channel.kind == Channel.Kind.WEBHOOK else address
    channel.sealed = sealing.seal(address)
    channel.hint = HINTS[Channel.Kind(channel.kind)](address)
    if channel.kind == Channel.Kind.MAIL and Act.MANAGE_CHANNELS not in acts_somewhere(by):
        channel.confirmed_at = None


def mail_hint(address: str) -> str:
    """The first letter and the domain."""
    name, _at, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"


HINTS = {Channel.Kind.MAIL: mail_hint, Channel.Kind.APPRISE: chats.hint, Channel.Kind.WEBHOOK: webhooks.hint}


def secret_of(channel: Channel) -> str:
    """What a signed webhook is signed with, to be shown once, after it was made; "" for other channels."""
    if channel.kind != Channel.Kind.WEBHOOK:
        return ""
    return webhooks.unpacked(sealing.unseal(channel.sealed)).secret


# --- confirming ---------------------------------------------------------------------------------------------------


def ask_to_confirm(channel: Channel, *, at: datetime) -> Delivery:
    link = reverse("channel-confirm", args=[channel.pk, _token(channel)])
    who = channel.owner.display_name if channel.owner else "secdash"
    letter = Letter(
        told("Confirm that messages may come here"),
        (
            told(
                "%(who)s asked for messages to this address. If that was you, open this page while signed in:", who=who
            ),
            told("Confirm the address").item(link),
            told("If it was not you, do nothing: nothing more will come."),
        ),
    )
    return sending.queue(channel, letter, kind=Delivery.Kind.CONFIRM, at=at)


@transaction.atomic
def confirm(channel: Channel, token: str, *, by: User, at: datetime) -> bool:
    """Whether the token is the one that was sent to the address it has now, at most three days ago."""
    try:
        said = signing.loads(token, salt=SALT, max_age=CONFIRMED_WITHIN)
    except signing.BadSignature:
        return False
    if said != [channel.pk, _mark(channel)]:
        return False
    if Channel.objects.filter(pk=channel.pk, confirmed_at=None).update(confirmed_at=at):
        record("channel.confirmed", by=by, on=channel, at=at)
    return True


def _token(channel: Channel) -> str:
    return signing.dumps([channel.pk, _mark(channel)], salt=SALT)


def _mark(channel: Channel) -> str:
    """Tells an address from another without saying either."""
    return channel.sealed[-16:]


# --- testing, pausing, removing -----------------------------------------------------------------------------------


@transaction.atomic
def test(channel: Channel, *, by: User, at: datetime) -> Delivery:
    """Send a message that says it is a test, on the way that real ones go. Raises Refused."""
    if channel.is_inbox:
        raise Refused(NO_TEST)
    if channel.confirmed_at is None:
        raise Refused(NOT_YET)
    if channel.deliveries.filter(kind=Delivery.Kind.TEST, created_at__gt=at - TEST_AGAIN_AFTER).exists():
        raise Refused(WAIT)
    letter = Letter(
        told("Test message from secdash"),
        (
            told(
                "%(who)s pressed the test button of the channel %(name)s. Nothing happened to any host.",
                who=by.display_name,
                name=channel.name,
            ),
            Line(told("Open the channel").text, url=reverse("channel", args=[channel.pk])),
        ),
    )
    delivery = sending.queue(channel, letter, kind=Delivery.Kind.TEST, at=at)
    record("channel.tested", by=by, on=channel, at=at)
    return delivery


@transaction.atomic
def pause(channel: Channel, *, by: User, at: datetime) -> None:
    """Nothing is said until it is resumed; what waits to be said is dropped then, not told late."""
    if Channel.objects.filter(pk=channel.pk, paused_at=None).update(paused_at=at):
        record("channel.paused", by=by, on=channel, at=at)


@transaction.atomic
def resume(channel: Channel, *, by: User, at: datetime) -> None:
    """From now on, again. What happened in between is not told."""
    Channel.objects.filter(pk=channel.pk).update(paused_at=None)
    for rule in channel.rules.all():
        rule.pending.all().delete()
    record("channel.resumed", by=by, on=channel, at=at)


@transaction.atomic
def remove(channel: Channel, *, by: User, at: datetime) -> None:
    """With its rules and what it sent. An inbox stays: it is only its rules that can go."""
    if not channel.is_inbox:
        record("channel.removed", by=by, on=channel, before=_channel(channel), at=at)
        channel.delete()


# --- rules --------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_rule(channel: Channel, rule: Rule | None, values: Mapping[str, Any], *, by: User, at: datetime) -> Rule:
    """A new rule, or other values for one. A digest speaks first at its next hour."""
    before = _rule(rule, values) if rule else {}
    rule = rule or Rule(channel=channel, created_at=at)
    for name, value in values.items():
        setattr(rule, name, value)
    rule.due_at = at if rule.rhythm == Rhythm.SOON else rule.next_due(at)
    rule.full_clean()
    rule.save()
    act = "rule.changed" if before else "rule.added"
    record(act, by=by, on=channel, before=before, after=_rule(rule, values), at=at)
    return rule


@transaction.atomic
def remove_rule(rule: Rule, *, by: User, at: datetime) -> None:
    record("rule.removed", by=by, on=rule.channel, before={"rule": str(rule)}, at=at)
    rule.delete()


def _rule(rule: Rule, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the form sets, in words where a row is named."""
    found = {name: getattr(rule, name) for name in values}
    return {name: str(value) if isinstance(value, models.Model) else value for name, value in found.items()}
