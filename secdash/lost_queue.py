"""A worker that loses its queue in the middle of a task connects again, instead of ending.

Kombu's Redis transport (5.6) gives what was not acknowledged back when it closes a broken connection. Where Redis is
gone it finds no connection to do so by, and stumbles over `None`, which Celery takes for a fault of the worker. Said as
what it is, a connection that is lost, Celery goes on; the message comes again by its visibility time-out.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import redis

Channel: Any = redis.Channel  # its types know only what is public
_parameters = Channel._connparams


def _parameters_of_one_that_is_there(channel: Any, *words: Any, **named: Any) -> Any:
    if channel.connection is None or channel.connection.client is None:
        raise ConnectionError("The connection to the queue is lost.")
    return _parameters(channel, *words, **named)


def survive(**_told: Any) -> None:
    Channel._connparams = _parameters_of_one_that_is_there
