"""The least of HTTP that a stream of events needs, for thousands of them in one process: one GET, and its lines.

Whatever the other side sends is held to bounds, and nothing is ever sent to it but the head of that one GET.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from secdash.facts.connect import Unreachable
from secdash.facts.endpoint import Endpoint
from secdash.facts.message import Message, say

Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]

LONGEST_HEAD = 64
LONGEST_LINE = 64 * 2**10
LONGEST_CHUNK = 2**20
KEEPALIVE = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}

BROKE_OFF = say("The Engine ended the stream of its events.")
NOT_HTTP = say("What answers there is not a Docker Engine: its answer was not HTTP.")
TOO_LONG = say("The Engine sent more in one piece than any event has.")
TOO_SLOW = say("The Engine did not answer in time when it was asked for its events.")
NOT_YET = say("secdash cannot watch a host over this kind of connection yet; its scans go on.")


@asynccontextmanager
async def asked(endpoint: Endpoint, path: str, *, seconds: float) -> AsyncIterator[asyncio.StreamReader | _Chunks]:
    """The body of the answer to a GET, which has begun within so many seconds. Raises Unreachable."""
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await _dial(endpoint)
            try:
                writer.write(_request(path))
                await writer.drain()
                body = await _answer(reader)
            except BaseException:
                writer.close()
                raise
    except TimeoutError as error:
        raise Unreachable(TOO_SLOW) from error
    except (OSError, ValueError, asyncio.IncompleteReadError) as error:
        raise Unreachable(_no_connection(endpoint, error)) from error
    try:
        yield body
    finally:
        writer.close()


async def lines(body: asyncio.StreamReader | _Chunks) -> AsyncIterator[bytes]:
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
    except (OSError, ValueError, asyncio.IncompleteReadError) as error:
        raise Unreachable(BROKE_OFF) from error


def _request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: docker\r\nUser-Agent: secdash\r\nAccept: application/json\r\n\r\n".encode()


async def _answer(reader: asyncio.StreamReader) -> asyncio.StreamReader | _Chunks:
    """The body, once the head says that it is one."""
    version, _, rest = (await reader.readline()).decode("latin-1").partition(" ")
    if not version.startswith("HTTP/1."):
        raise Unreachable(NOT_HTTP)
    headers = await _headers(reader)
    if rest[:3] != "200":
        status = rest[:3] if rest[:3].isdecimal() else "?"
        raise Unreachable(say("The Engine refused to tell its events, with status %(status)s.", status=status))
    return _Chunks(reader) if headers.get("transfer-encoding", "").lower() == "chunked" else reader


async def _headers(reader: asyncio.StreamReader) -> dict[str, str]:
    found: dict[str, str] = {}
    for _ in range(LONGEST_HEAD):
        line = (await reader.readline()).decode("latin-1").strip()
        if not line:
            return found
        name, _, value = line.partition(":")
        found[name.strip().lower()] = value.strip()
    raise Unreachable(TOO_LONG)


class _Chunks:
    """A body in chunks, read like any other."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._left = 0

    async def read(self, most: int) -> bytes:
        """b"" at its end."""
        if not self._left:
            self._left = await self._next()
            if not self._left:
                return b""
        piece = await self._reader.read(min(most, self._left))
        if not piece:
            raise ConnectionResetError
        self._left -= len(piece)
        if not self._left:
            await self._reader.readexactly(2)
        return piece

    async def _next(self) -> int:
        line = await self._reader.readline()
        if not line:
            raise ConnectionResetError
        size = int(line.partition(b";")[0].strip() or b"x", 16)
        if not 0 <= size <= LONGEST_CHUNK:
            raise Unreachable(TOO_LONG)
        return size


async def _dial(endpoint: Endpoint) -> Pair:
    scheme, url = endpoint.url.partition("://")[0], endpoint.url
    if url.startswith("/") or scheme == "unix":
        return await asyncio.open_unix_connection(url.removeprefix("unix://"), limit=LONGEST_LINE)
    if scheme == "tcp":
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 2375, limit=LONGEST_LINE)
        stay_alive(writer)
        return reader, writer
    raise Unreachable(NOT_YET)


def stay_alive(writer: asyncio.StreamWriter) -> None:
    """A stream may be silent for days: only so is one noticed whose other side is gone."""
    connected = writer.get_extra_info("socket")
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEPALIVE.items():
        if hasattr(socket, name):
            connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _no_connection(endpoint: Endpoint, error: Exception) -> Message:
    if isinstance(error, OSError) and error.strerror:
        return say("The Engine cannot be reached: %(reason)s.", reason=error.strerror)
    return BROKE_OFF
