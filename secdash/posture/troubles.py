"""What keeps hosts from being scanned as they should be: silence behind the page, or too much to do."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from django.conf import settings

from secdash.handing_over import waiting
from secdash.posture.context import Rooms

SILENT = timedelta(seconds=90)  # nine ticks
LATE = timedelta(minutes=5)


class Kind(Enum):
    NO_QUEUE = "no-queue"
    NO_WORKER = "no-worker"
    NO_BEAT = "no-beat"
    LATE = "late"


class Trouble(NamedTuple):
    """`since` is the last tick, or when the host that waits longest was asked for; `hosts` are those that wait."""

    kind: Kind
    since: datetime | None
    hosts: int


def trouble(rooms: Rooms, *, now: datetime) -> Trouble | None:
    """No query. The queue is asked only where nothing was heard of the tick, to tell why."""
    if _is_silent(rooms, now):
        return Trouble(_cause(), rooms.ticked_at, rooms.waiting)
    if rooms.waiting_since is not None and rooms.waiting_since < now - LATE:
        return Trouble(Kind.LATE, rooms.waiting_since, rooms.waiting)
    return None


def _is_silent(rooms: Rooms, now: datetime) -> bool:
    """Before the first tick ever: once a host should have been scanned."""
    last = rooms.ticked_at or rooms.due_since
    return rooms.hosts > 0 and last is not None and last < now - SILENT


def _cause() -> Kind:
    messages = waiting(settings.CELERY_TASK_DEFAULT_QUEUE)
    if messages is None:
        return Kind.NO_QUEUE
    return Kind.NO_WORKER if messages else Kind.NO_BEAT
