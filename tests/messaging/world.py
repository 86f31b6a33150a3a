"""Channels and rules for tests, and what a tick does."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from secdash import sealing
from secdash.checks.outcome import Severity
from secdash.messaging import dialects, hearing, sending, speaking
from secdash.messaging.dialects import Dialect
from secdash.messaging.letters import letter_from
from secdash.messaging.models import Channel, Delivery, Rule
from secdash.messaging.wording import translate, written
from secdash.scans.models import Scan
from secdash.scans.services import lose_sight
from tests.fleet.hosts import a_host
from tests.posture.world import named, scan_of

Event = Rule.Event
LONG_AGO = timezone.now() - timedelta(days=10)


def a_channel(address: str = "json://127.0.0.1:9/hook", **fields) -> Channel:
    kind = Channel.Kind.MAIL if "@" in address and "://" not in address else Channel.Kind.APPRISE
    defaults = {
        "kind": kind,
        "name": "Team chat",
        "language": "en",
        "created_at": LONG_AGO,
        "confirmed_at": LONG_AGO,
        "sealed": sealing.seal(address),
    }
    return Channel.objects.create(**{**defaults, **fields})


def a_rule(channel: Channel | None = None, *events: str, **fields) -> Rule:
    defaults = {"severity": Severity.INFO, "created_at": LONG_AGO, "due_at": LONG_AGO}
    return Rule.objects.create(
        channel=channel or a_channel(), events=list(events or [Event.NEW]), **{**defaults, **fields}
    )


def a_known_host(name: str = "web-01", **options):
    """A host whose first scan was told of long ago."""
    host = a_host(name, **options)
    scan_of(host, named("app", memory=1 << 28), days_ago=5)
    return host


def worsens(host, *names: str, **facts):
    """A scan that finds these containers without a limit of memory."""
    return scan_of(host, *(named(name, **{"memory": 0, **facts}) for name in names or ("app",)))


def fails(host, why):
    at = timezone.now()
    scan = Scan.objects.create(
        host=host, trigger=Scan.Trigger.MANUAL, state=Scan.State.RUNNING, attempts=1, created_at=at
    )
    lose_sight(scan, why, at=at)
    return scan


def tick(at=None):
    """Hear and speak; without beat, inboxes and the network."""
    at = at or timezone.now()
    hearing.hear(at=at)
    return speaking.speak(at=at)


def letters():
    """What was queued, oldest first, as titles in English."""
    return [dialects.subject(delivery.headline, translate) for delivery in Delivery.objects.order_by("pk")]


def body_of(delivery: Delivery) -> str:
    return written(letter_from(delivery.letter), Dialect.PLAIN, language="en").plain


def deliver(delivery: Delivery, at=None) -> Delivery:
    sending.deliver(delivery.pk, at=at or timezone.now())
    delivery.refresh_from_db()
    return delivery
