"""Snapshots that were brought, from when they are taken until they are judged; and hosts of which none comes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import zstandard
from django.db import transaction
from django.db.models import Exists, OuterRef

from secdash.accounts.models import User
from secdash.facts import model
from secdash.facts.message import say
from secdash.facts.trouble import Stage, Unreachable
from secdash.findings.words import message_as_json
from secdash.fleet.models import Host
from secdash.scans.collecting import NEVER_REACHED
from secdash.scans.models import Scan, Upload

LARGEST = 256 * 2**20
OVERDUE = say(
    "No snapshot came by %(due)s, when the next one was due. Run secdash-collect there and upload what it writes."
)


def park(
    host: Host, facts: model.Snapshot, *, collected_at: datetime, version: str, by: User | None, at: datetime
) -> None:
    """Keep it for the worker, in place of whatever came before."""
    told = {"collected_at": collected_at, "received_at": at, "by": by, "version": version}
    content = zstandard.compress(model.dump(facts), 3)
    Upload.objects.update_or_create(host=host, defaults={**told, "content": content})


def waiting(host: Host) -> tuple[model.Snapshot, datetime]:
    """What is to be judged, and when it was collected. Raises Unreachable where there is nothing."""
    upload = Upload.objects.filter(host=host).exclude(content=b"").first()
    if upload is None:
        raise Unreachable(NEVER_REACHED, Stage.ADDRESS)
    content = zstandard.decompress(bytes(upload.content), max_output_size=LARGEST)
    return model.load(content), upload.collected_at


def settle(host: Host, *, collected_at: datetime) -> None:
    """It is judged: the host was seen when this was collected. What came meanwhile waits on."""
    Host.objects.filter(pk=host.pk, seen_at__gt=collected_at).update(seen_at=collected_at)
    Upload.objects.filter(host=host, collected_at=collected_at).update(content=b"")


def left(at: datetime) -> Iterable[Host]:
    """Hosts with something to judge of which no scan knows, since one was under way when it came."""
    since = Scan.objects.filter(host=OuterRef("host"), created_at__gte=OuterRef("received_at"))
    active = Scan.objects.active().filter(host=OuterRef("host"))
    waiting = Upload.objects.exclude(content=b"").filter(~Exists(since), ~Exists(active), received_at__lte=at)
    return Host.objects.filter(pk__in=waiting.values("host"))


def newest(host: Host) -> Upload | None:
    return Upload.objects.select_related("by").defer("content").filter(host=host).first()


def expected_at(host: Host) -> datetime | None:
    """When the next snapshot is to be there; None before the first was judged."""
    return host.next_due(host.seen_at) if host.seen_at else None


def is_overdue(host: Host, at: datetime) -> bool:
    due = expected_at(host)
    return due is not None and due < at


def lose_sight_of_overdue(at: datetime) -> None:
    """A host of which nothing came for longer than its interval says counts as not seen: once, until something comes.

    A scan that failed says so, as for any host that is out of reach: pages show why, and rules of messages hear it.
    """
    here = Upload.objects.filter(host=OuterRef("pk")).exclude(content=b"")
    seen = Host.objects.offline().filter(~Exists(here), state=Host.State.REACHABLE).outside_windows(at)
    for host in seen:
        due = expected_at(host)
        if due is not None and due < at:
            _lose_sight(host, due, at)


@transaction.atomic
def _lose_sight(host: Host, due: datetime, at: datetime) -> None:
    """Once, however many ticks are at it."""
    if Host.objects.filter(pk=host.pk, state=Host.State.REACHABLE).update(state=Host.State.UNREACHABLE):
        told = say(OVERDUE.text, due=f"{due:%Y-%m-%d %H:%M} UTC")
        over = {"state": Scan.State.FAILED, "finished_at": at, "error": message_as_json(told)}
        Scan.objects.create(host=host, trigger=Scan.Trigger.SCHEDULE, created_at=at, **over)
