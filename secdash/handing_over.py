"""Handing work to the queue. What it does not take stays in the database, and a later tick hands it over again."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

from kombu.exceptions import ChannelError, OperationalError

from secdash.celery import app

log = logging.getLogger(__name__)

ONCE_MORE = {"max_retries": 1, "interval_start": 0}  # a connection of before a restart breaks at its next use
REST = 5.0  # seconds in which a queue that did not answer is left alone: one request may have hundreds to hand over
PATIENCE = 2  # seconds for one question

_resting: dict[str, float] = {}  # address → until when


def hand_over(task: Any, pk: int | Sequence[int], *, what: str) -> bool:
    """Send the id, or several at once, to a worker. False where the queue does not take it."""
    address = str(app.conf.broker_write_url)
    if _resting.get(address, 0.0) > time.monotonic():
        return False
    try:
        task.apply_async((pk,), retry_policy=ONCE_MORE)
    except OperationalError:
        _resting[address] = time.monotonic() + REST
        log.warning("%s %s stays queued: the queue does not answer", what, pk)
        return False
    return True


def waiting(queue: str) -> int | None:
    """How many messages no worker has taken yet; None where the queue does not answer."""
    patience = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
    with app.connection(app.conf.broker_write_url, transport_options=patience) as connection:
        known = (*connection.connection_errors, *connection.channel_errors)
        away: tuple[type[BaseException], ...] = (OperationalError, *known)
        try:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=PATIENCE)
            asked: Any = connection.channel()
            with asked as channel:
                return int(channel.queue_declare(queue=queue, passive=True).message_count)
        except ChannelError:
            return 0  # a queue that nobody used yet, or that is empty
        except away:
            return None


def lacks(queue: str, rows: int) -> bool:
    """Whether messages of so many waiting rows must have been lost: the queue holds fewer.

    What is sent again without asking piles up as long as workers are slower than ticks, until the queue is full.
    """
    messages = waiting(queue) if rows else None
    return messages is not None and messages < rows
