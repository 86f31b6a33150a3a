"""The least of HTTP that a stream of events needs, for thousands of them in one thread: one GET, and its lines.

Whatever the other side sends is held to bounds, and nothing is ever sent to it but the head of that one GET.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple, Protocol

from secdash.facts import addresses
from secdash.facts.connect import open_engine
from secdash.facts.doors import UnixDoor
from secdash.facts.endpoint import Endpoint, SshIdentity, TlsIdentity
from secdash.facts.location import Location, locate
from secdash.facts.message import say
from secdash.facts.tls import context_of
from secdash.facts.trouble import Unreachable

MOST_HEADERS = 64
LONGEST_LINE = 64 * 2**10
LONGEST_CHUNK = 2**20
KEEPALIVE = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}

BROKE_OFF = say("The Engine ended the stream of its events.")
NOT_HTTP = say("What answers there is not a Docker Engine: its answer was not HTTP.")
TOO_LONG = say("The Engine sent more in one piece than any event has.")
TOO_SLOW = say("The Engine did not answer in time when it was asked for its events.")


class Reader(Protocol):
    async def read(self, most: int, /) -> bytes:
        """b"" at its end."""


class Line(NamedTuple):
    """An open connection, and how it is closed."""

    reader: Reader
    write: Callable[[bytes], None]
    close: Callable[[], None]


@asynccontextmanager
async def asked(endpoint: Endpoint, path: str, *, seconds: float) -> AsyncIterator[Reader]:
    """The body of the answer to a GET, which has begun within so many seconds. Raises Unreachable."""
    try:
        async with asyncio.timeout(seconds):
            line = await _dial(endpoint, seconds)
            try:
                line.write(_request(path))
                body = await _answer(_Source(line.reader))
            except BaseException:
                line.close()
                raise
    except TimeoutError as error:
        raise Unreachable(TOO_SLOW) from error
    except (OSError, ValueError) as error:
        raise await asyncio.to_thread(_what_is_wrong, endpoint, seconds) from error
    try:
        yield body
    finally:
        line.close()


async def lines(body: Reader) -> AsyncIterator[bytes]:
    """Line by line, until the other side ends it. Raises Unreachable where it breaks off, or sends what is too long."""
    begun = b""
    try:
        while piece := await body.read(LONGEST_LINE):
            *whole, begun = (begun + piece).split(b"\n")
            if len(begun) > LONGEST_LINE:
                raise Unreachable(TOO_LONG)
            for line in whole:
                if line.strip():
                    yield line
    except (OSError, ValueError) as error:
        raise Unreachable(BROKE_OFF) from error


# --- HTTP -----------------------------------------------------------------------------------------------------------


def _request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: docker\r\nUser-Agent: secdash\r\nAccept: application/json\r\n\r\n".encode()


async def _answer(source: _Source) -> Reader:
    """The body, once the head says that it is one."""
    version, _, rest = (await source.line()).partition(" ")
    if not version.startswith("HTTP/1."):
        raise Unreachable(NOT_HTTP)
    headers = await _headers(source)
    if rest[:3] != "200":
        status = rest[:3] if rest[:3].isdecimal() else "?"
        raise Unreachable(say("The Engine refused to tell its events, with status %(status)s.", status=status))
    return _Chunks(source) if headers.get("transfer-encoding", "").lower() == "chunked" else source


async def _headers(source: _Source) -> dict[str, str]:
    found: dict[str, str] = {}
    for _ in range(MOST_HEADERS):
        line = await source.line()
        if not line:
            return found
        name, _, value = line.partition(":")
        found[name.strip().lower()] = value.strip()
    raise Unreachable(TOO_LONG)


class _Source:
    """A reader from which lines and pieces of bounded length are taken."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._kept = b""

    async def line(self) -> str:
        """Without its end. Raises ConnectionResetError where there is none."""
        while b"\n" not in self._kept:
            if len(self._kept) > LONGEST_LINE:
                raise Unreachable(TOO_LONG)
            await self._more()
        found, _, self._kept = self._kept.partition(b"\n")
        return found.decode("latin-1").strip()

    async def read(self, most: int, /) -> bytes:
        if not self._kept:
            return await self._reader.read(most)
        found, self._kept = self._kept[:most], self._kept[most:]
        return found

    async def exactly(self, length: int) -> bytes:
        while len(self._kept) < length:
            await self._more()
        found, self._kept = self._kept[:length], self._kept[length:]
        return found

    async def _more(self) -> None:
        piece = await self._reader.read(LONGEST_LINE)
        if not piece:
            raise ConnectionResetError
        self._kept += piece


class _Chunks:
    """A body in chunks, read like any other."""

    def __init__(self, source: _Source) -> None:
        self._source = source
        self._left = 0

    async def read(self, most: int, /) -> bytes:
        if not self._left:
            self._left = await self._next()
            if not self._left:
                return b""
        piece = await self._source.read(min(most, self._left))
        if not piece:
            raise ConnectionResetError
        self._left -= len(piece)
        if not self._left:
            await self._source.exactly(2)
        return piece

    async def _next(self) -> int:
        size = int((await self._source.line()).partition(";")[0].strip() or "x", 16)
        if not 0 <= size <= LONGEST_CHUNK:
            raise Unreachable(TOO_LONG)
        return size


# --- connections ----------------------------------------------------------------------------------------------------


async def _dial(endpoint: Endpoint, seconds: float) -> Line:
    """Raises Unreachable, or an OSError whose meaning `_what_is_wrong` finds out."""
    location = locate(endpoint.url)
    if location.scheme == "ssh":
        from secdash.facts import ssh  # as in `connect`: loaded where it is needed

        identity = endpoint.identity if isinstance(endpoint.identity, SshIdentity) else None
        return Line(*await ssh.stream_to(location, identity, seconds))
    if location.scheme == "unix":
        return await _over(await asyncio.to_thread(UnixDoor(location.path, seconds).open))
    if location.scheme == "tls":
        return await _over_tls(location, endpoint.identity, seconds)
    return await _over(_kept_alive(await asyncio.to_thread(_connected, location, seconds)))


async def _over_tls(location: Location, identity: TlsIdentity | SshIdentity | None, seconds: float) -> Line:
    if not isinstance(identity, TlsIdentity):
        raise ConnectionError  # a trial says what is missing
    context = await asyncio.to_thread(context_of, identity, location.host)
    sock = _kept_alive(await asyncio.to_thread(_connected, location, seconds))
    try:
        return await _over(sock, ssl=context, server_hostname=location.host.partition("%")[0])
    except BaseException:
        sock.close()
        raise


async def _over(sock: socket.socket, **options: object) -> Line:
    sock.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=sock, limit=LONGEST_LINE, **options)  # type: ignore[arg-type]
    return Line(reader, writer.write, writer.close)


def _connected(location: Location, seconds: float) -> socket.socket:
    return addresses.connected(location.host, location.port, seconds)


def _kept_alive(sock: socket.socket) -> socket.socket:
    """A stream may be silent for days: only so is one noticed whose other side is gone."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEPALIVE.items():
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return sock


def _what_is_wrong(endpoint: Endpoint, seconds: float) -> Unreachable:
    """The sentence that a scan would have, by trying the way that it goes."""
    try:
        with open_engine(endpoint, connect_timeout=seconds, read_timeout=seconds):
            return Unreachable(BROKE_OFF)
    except Unreachable as error:
        return error
