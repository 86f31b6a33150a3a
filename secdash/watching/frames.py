"""What a watcher and its processes that look say to each other: MessagePack, with its length before it."""

from __future__ import annotations

import asyncio
from typing import TypeVar

import msgspec

from secdash.facts.thing import Thing

LENGTH = 4  # bytes
T = TypeVar("T")


class Look(msgspec.Struct, frozen=True, tag=True):
    """At these things of a host. The ticket comes back with the answer."""

    ticket: int
    host: int
    things: list[Thing]


class Warm(msgspec.Struct, frozen=True, tag=True):
    """Have at hand what is known of these hosts."""

    hosts: list[int]


class Forget(msgspec.Struct, frozen=True, tag=True):
    host: int


class Answer(msgspec.Struct, frozen=True):
    """`came` is a value of `Came`; None where looking failed by a fault of ours, which the log tells of."""

    ticket: int
    came: str | None


Asked = Look | Warm | Forget
ASKED: msgspec.msgpack.Decoder[Asked] = msgspec.msgpack.Decoder(Asked)
ANSWERS = msgspec.msgpack.Decoder(Answer)


def send(writer: asyncio.StreamWriter, what: Asked | Answer) -> None:
    told = msgspec.msgpack.encode(what)
    writer.write(len(told).to_bytes(LENGTH) + told)


async def receive(reader: asyncio.StreamReader, told: msgspec.msgpack.Decoder[T]) -> T:
    """Raises IncompleteReadError or ConnectionError once the other side is gone."""
    length = int.from_bytes(await reader.readexactly(LENGTH))
    return told.decode(await reader.readexactly(length))
