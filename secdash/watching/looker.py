"""A process that looks for a watcher: `python -m secdash.watching.looker FD PACE`, started by `lookers` only.

It is asked through the socket FD, and ends once nobody is at its other end. Signals are for the watcher: what is being
written when one comes is written.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from contextlib import suppress

import django
import msgspec

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secdash.settings")
django.setup()  # what is imported next has models

from secdash.facts.thing import Thing  # noqa: E402 - after the set-up
from secdash.watching import frames  # noqa: E402 - after the set-up
from secdash.watching.looking import Looks  # noqa: E402 - after the set-up
from secdash.watching.pace import Pace  # noqa: E402 - after the set-up
from secdash.web.log_context import about  # noqa: E402 - after the set-up
from secdash.web.settling import freeze  # noqa: E402 - after the set-up

log = logging.getLogger(__name__)


async def serve(asked: socket.socket, pace: Pace) -> None:
    reader, writer = await asyncio.open_connection(sock=asked)
    doing: set[asyncio.Task[None]] = set()
    async with Looks(pace) as looks:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                what = await frames.receive(reader, frames.ASKED)
                task = asyncio.create_task(_do(what, looks, writer))
                doing.add(task)
                task.add_done_callback(doing.discard)
        for task in doing:
            task.cancel()


async def _do(what: frames.Asked, looks: Looks, writer: asyncio.StreamWriter) -> None:
    match what:
        case frames.Look(ticket, host, things):
            frames.send(writer, frames.Answer(ticket, await _came(looks, host, things)))
        case frames.Warm(hosts):
            await looks.warm(hosts)
        case frames.Forget(host):
            looks.forget(host)


async def _came(looks: Looks, host: int, things: list[Thing]) -> str | None:
    with about(host=host):
        try:
            return (await looks.look(host, things)).value
        except Exception:
            log.exception("looking at host %s failed", host)
            return None


def main(descriptor: str, pace: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    freeze()
    asyncio.run(serve(socket.socket(fileno=int(descriptor)), msgspec.json.decode(pace, type=Pace)))


if __name__ == "__main__":
    main(*sys.argv[1:])
