"""A message on its way: queued → claimed → sent, tried again later, or given up with a sentence.

As with scans the database is the truth and the queue a hint: a delivery is claimed by a conditional UPDATE, held by a
lease, and taken up again by the tick where its message or its worker was lost. So one that was sent by a worker which
died before it could say so is sent twice; never lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import transaction
from django.db.models import F

from secdash import sealing
from secdash.batches import delete_some
from secdash.facts.message import Message, say
from secdash.findings.words import message_as_json
from secdash.handing_over import hand_over, lacks
from secdash.messaging import audience, chats, mail, webhooks
from secdash.messaging.letters import Letter, letter_as_json, letter_from
from secdash.messaging.models import Channel, Delivery, DeliveryQuerySet
from secdash.messaging.outcome import NotSent

LEASE = timedelta(minutes=2)  # longer than the time limit of the task
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
AT_ONCE = 100  # sent again by one tick
QUEUE = "secdash-messages"
State = Delivery.State

UNREADABLE = say(
    "The address was sealed with a key that is no longer set. Enter it again, or put the old key back into "
    "SECDASH_SEALING_KEYS."
)
NOT_FOR_THEM = say("The receiver may no longer see what it tells of.")
LEFT = say("The channel is paused or waits to be confirmed.")
TOO_SLOW = say("The other side took too long, and was cut off.")
LOST = say("The worker stopped while it sent the message.")


def queue(channel: Channel, letter: Letter, *, kind: str, at: datetime, hosts: Iterable[int] = ()) -> Delivery:
    """Put the letter into the queue; a worker gets it when the transaction is committed."""
    delivery = Delivery.objects.create(
        channel=channel,
        kind=kind,
        letter=letter_as_json(letter),
        title=letter_as_json(letter.alone),
        hosts=sorted(hosts),
        created_at=at,
        not_before=at,
    )
    transaction.on_commit(partial(send, delivery.pk))
    return delivery


def send(delivery_id: int) -> None:
    """Hand it to a worker. Where the queue is down it stays queued, and a later tick sends it again."""
    from secdash.messaging.tasks import deliver

    hand_over(deliver, delivery_id, what="message")


def claim(delivery_id: int, *, at: datetime) -> Delivery | None:
    """Take what waits and whose time has come; None where another worker was faster."""
    claimed = (
        Delivery.objects.filter(pk=delivery_id)
        .waiting(at)
        .update(state=State.RUNNING, attempts=F("attempts") + 1, lease_until=at + LEASE)
    )
    found = Delivery.objects.select_related("channel__owner", "channel__group")
    return found.get(pk=delivery_id) if claimed else None


def deliver(delivery_id: int, *, at: datetime) -> None:
    """Carry it to its receiver, from claim to outcome."""
    delivery = claim(delivery_id, at=at)
    if delivery is None:
        return
    try:
        _carry(delivery, at=at)
    except NotSent as error:
        _failed(delivery, error, at=at)
    except SoftTimeLimitExceeded:
        _failed(delivery, NotSent(TOO_SLOW), at=at)
    else:
        _end(delivery, State.DONE, at=at)


def _carry(delivery: Delivery, *, at: datetime) -> None:
    """Raises NotSent. Whether the receiver may still hear of it is asked now, however long it waited."""
    channel = delivery.channel
    is_ready = Channel.objects.ready().filter(pk=channel.pk).exists()
    if not is_ready and delivery.kind != Delivery.Kind.CONFIRM:
        raise NotSent(LEFT, is_final=True)
    if not audience.may_hear_of(channel, delivery.hosts):
        raise NotSent(NOT_FOR_THEM, is_final=True)
    address, letter, language = _address(channel), letter_from(delivery.letter), channel.speaks
    if channel.kind == Channel.Kind.WEBHOOK:
        webhooks.carry(address, letter, language=language, number=delivery.pk, kind=delivery.kind, at=at)
        return
    carry = mail.carry if channel.kind == Channel.Kind.MAIL else chats.carry
    carry(address, letter, language=language)


def _address(channel: Channel) -> str:
    try:
        return sealing.unseal(channel.sealed)
    except sealing.Unreadable as error:
        raise NotSent(UNREADABLE, is_final=True) from error


def _failed(delivery: Delivery, error: NotSent, *, at: datetime) -> None:
    """Try again later, or give up. A test is tried once: whoever pressed the button waits for the outcome."""
    tries_once = delivery.kind == Delivery.Kind.TEST
    if error.is_final or tries_once or delivery.attempts > len(WAITS):
        _end(delivery, State.FAILED, at=at, error=error.message)
        return
    _holding(delivery).update(
        state=State.QUEUED,
        lease_until=None,
        not_before=at + WAITS[delivery.attempts - 1],
        error=message_as_json(error.message),
    )


def _end(delivery: Delivery, state: str, *, at: datetime, error: Message | None = None) -> None:
    _holding(delivery).update(
        state=state, finished_at=at, lease_until=None, letter={}, hosts=[], error=message_as_json(error)
    )


def _holding(delivery: Delivery) -> DeliveryQuerySet:
    """The row for as long as this attempt is the one that counts."""
    return Delivery.objects.filter(pk=delivery.pk, state=State.RUNNING, attempts=delivery.attempts)


def carry_on(*, at: datetime) -> None:
    """Take up what lost its worker, and send again what lost its message."""
    for delivery in Delivery.objects.abandoned(at):
        _failed(delivery, NotSent(LOST), at=at)
    longest = Delivery.objects.waiting(at).order_by("not_before").values_list("pk", flat=True)
    if not lacks(QUEUE, longest.count()):
        return  # a sender that is gone for a day would find the queue full, and nobody else could use it
    for pk in list(longest[:AT_ONCE]):
        send(pk)


def forget_old(*, at: datetime) -> None:
    delete_some(Delivery.objects.filter(created_at__lt=at - timedelta(days=settings.KEEP_MESSAGES)).order_by("pk"))
