"""An Engine that lies with time and length: its answers come over real sockets, and some of them never end."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from functools import cache
from itertools import repeat

from secdash.facts.doors import PlainSocket
from tests.engine.lying import OK, path_of, plain

CROWD = 100_000
HUGE = 15 << 20
PAUSE = 0.02  # seconds between two bytes that drip

Pieces = Iterator[bytes]
Lie = Callable[[bytes, random.Random], Pieces]


class SlowLiar:
    """A door as `facts.connect` opens them; `answer` gives the pieces for a path, after which it hangs up or not."""

    def __init__(self, answer: Callable[[str], Pieces]) -> None:
        self._answer = answer
        self.methods: set[str] = set()

    def open(self) -> PlainSocket:
        ours, theirs = socket.socketpair()
        threading.Thread(target=self._serve, args=(theirs,), daemon=True).start()
        return PlainSocket(fileno=ours.detach())

    def _serve(self, connection: socket.socket) -> None:
        with closing(connection), suppress(OSError):
            while request := _request(connection):
                self.methods.add(request.split(b" ", 1)[0].decode())
                for piece in self._answer(path_of(request)):
                    connection.sendall(piece)

    def meaning_of(self, _error: Exception) -> None:
        return None

    def close(self) -> None:
        pass


class HungUp(OSError):
    """The connection is to be closed here."""


def _request(connection: socket.socket) -> bytes:
    request = b""
    while b"\r\n\r\n" not in request:
        piece = connection.recv(65536)
        if not piece:
            return b""
        request += piece
    return request


def _endless(_body: bytes, chance: random.Random) -> Pieces:
    """A body without a length, an array, chunks, lines of a head: all without an end."""
    heads = (OK + b"\r\n", OK + b"\r\n[1", OK + b"Transfer-Encoding: chunked\r\n\r\n", OK)
    pieces = (b"x" * 65536, b',{"a":[]}' * 5000, b"8000\r\n" + b"[" * 0x8000 + b"\r\n", b"X-Y: z\r\n" * 1000)
    which = chance.randrange(len(heads))
    yield heads[which]
    yield from repeat(pieces[which])


def _drip(body: bytes, _chance: random.Random) -> Pieces:
    for byte in plain(body):
        yield bytes((byte,))
        time.sleep(PAUSE)


def _silent(_body: bytes, chance: random.Random) -> Pieces:
    """Not a word, or half of a head; then it waits for longer than anybody asks."""
    yield chance.choice((b"", b"HTTP/1.1 200", OK + b"Content-Length: 9\r\n\r\n{"))
    for _ in range(200):
        time.sleep(PAUSE)
        yield b""
    raise HungUp


def _hung_up(body: bytes, chance: random.Random) -> Pieces:
    whole = plain(body)
    yield whole[: chance.randrange(len(whole))]
    raise HungUp


@cache  # held once: what liars hold is counted with what is held of them
def _huge_answer(sign: str) -> bytes:
    return plain(b'"%s%s"' % (sign.encode(), b"x" * HUGE))


def _huge(_body: bytes, chance: random.Random) -> Pieces:
    """One string of fifteen megabytes, of one or of four bytes a sign."""
    yield _huge_answer(chance.choice(("", "\U0001f600")))


SLOW_LIES: dict[str, Lie] = {
    "endless": _endless,
    "drip": _drip,
    "silent": _silent,
    "hung up": _hung_up,
    "huge": _huge,
}


def slow_lies(host: Mapping[str, bytes], name: str, chance: random.Random) -> Callable[[str], Pieces]:
    """Every answer, or every third, is this lie."""
    lie, share = SLOW_LIES[name], chance.choice((0.3, 1.0))

    def answer(path: str) -> Pieces:
        body = host.get(path, b"{}")
        return lie(body, chance) if chance.random() < share else iter((plain(body),))

    return answer


def crowd(host: Mapping[str, bytes], number: int = CROWD) -> Callable[[str], Pieces]:
    """A listing of so many containers, each of which is inspected with the same long answer."""
    inspect = next(path for path in host if path.startswith("/containers/") and path.endswith("/json") and "0" in path)
    lines = b",".join(
        b'{"Id":"%064x","State":"created"}' % each for each in range(number)
    )  # no object of ours for each
    listing = plain(b"[%s]" % lines)

    def answer(path: str) -> Pieces:
        if path == "/containers/json":
            return iter((listing,))
        return iter((plain(host.get(path, host[inspect] if path.startswith("/containers/") else b"{}")),))

    return answer
