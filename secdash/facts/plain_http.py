"""Answers in the form that Engines give them, read with few steps: a plain head, and a length or chunks.

Whatever else HTTP allows is left to the standard library, which takes several times as long: `head_of` returns None,
and nothing of the answer is consumed.
"""

from __future__ import annotations

import io
import re
from http.client import HTTPException, IncompleteRead
from typing import Any, NamedTuple

STATUS = re.compile(rb"HTTP/1\.1 ([2-5]\d\d)(?: [^\r\n]*)?")
NAME = re.compile(rb"[A-Za-z0-9-]+")
NOT_PLAIN = frozenset((b"connection", b"content-encoding", b"upgrade", b"keep-alive"))
BODILESS = (204, 304)
CHUNKED = -1
LONGEST_LINE, LONGEST_HEAD = 2**10, 2**14
ENDS = (b"\r\n\r\n", b"\n\n")  # of a head, as it should be and as some write it
AT_ONCE = 2**16  # bytes


class Incoming(io.RawIOBase):
    """What comes on a socket. The standard library may read it as a file."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._seen = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = min(len(buffer), len(self._seen))
        if not size:
            return int(self._sock.recv_into(buffer))
        buffer[:size], self._seen = self._seen[:size], self._seen[size:]
        return size

    def peek(self) -> bytes:
        """What is there already, at least as much as a head takes; less where nothing more comes, or no head."""
        while not any(end in self._seen for end in ENDS) and len(self._seen) < LONGEST_HEAD:
            if not self._more():
                break
        return self._seen

    def forget(self) -> None:
        """What came and nobody asked for."""
        self._seen = b""

    def take(self, length: int) -> bytes:
        """Exactly so many bytes. Raises IncompleteRead."""
        found, self._seen = self._seen[:length], self._seen[length:]
        return found if len(found) == length else self._filled(found, length)

    def line(self) -> bytes:
        """Up to the next end of a line. Raises HTTPException where that is too far."""
        while (end := self._seen.find(b"\n")) < 0:
            if len(self._seen) > LONGEST_LINE or not self._more():
                raise HTTPException("a line without an end")
        return self.take(end + 1)

    def _filled(self, beginning: bytes, length: int) -> bytes:
        whole = bytearray(length)
        whole[: len(beginning)] = beginning
        left = memoryview(whole)[len(beginning) :]
        while left:
            size = self._sock.recv_into(left)
            if not size:
                raise IncompleteRead(bytes(whole[: length - len(left)]), len(left))
            left = left[size:]
        return bytes(whole)

    def _more(self) -> int:
        piece = bytearray(AT_ONCE)
        size = int(self._sock.recv_into(piece))
        self._seen += piece[:size]
        return size


class Head(NamedTuple):
    """`length` is CHUNKED where each piece tells its own; `size` are the bytes of the head itself."""

    status: int
    api_version: str
    length: int
    size: int


def head_of(incoming: Incoming) -> Head | None:
    seen = incoming.peek()
    end = seen.find(b"\r\n\r\n")
    first, *lines = seen[: max(end, 0)].split(b"\r\n")
    status = STATUS.fullmatch(first)
    fields = _fields(lines) if status else None
    if not status or fields is None or not NOT_PLAIN.isdisjoint(fields) or int(status[1]) in BODILESS:
        return None
    length = _length(fields)
    version = fields.get(b"api-version", b"").decode("latin-1")
    return None if length is None else Head(int(status[1]), version, length, end + 4)


def _fields(lines: list[bytes]) -> dict[bytes, bytes] | None:
    """None where a field comes twice, or is not written as it should."""
    found: dict[bytes, bytes] = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or not NAME.fullmatch(name):
            return None
        found[name.lower()] = value.strip()
    return found if len(found) == len(lines) else None


def _length(fields: dict[bytes, bytes]) -> int | None:
    length, coding = fields.get(b"content-length"), fields.get(b"transfer-encoding")
    if coding is not None:
        return CHUNKED if length is None and coding == b"chunked" else None
    return int(length) if length and length.isdigit() and len(length) < 12 else None


def body_of(incoming: Incoming, head: Head, most: int) -> bytes | None:
    """The body; None where it is longer than `most`, and then the connection is of no use any more.

    Raises HTTPException where it breaks off, or where a piece does not tell its length.
    """
    incoming.take(head.size)
    if head.length == CHUNKED:
        return _joined(incoming, most)
    return None if head.length > most else incoming.take(head.length)


def _joined(incoming: Incoming, most: int) -> bytes | None:
    pieces, total = [], 0
    while length := _length_of_piece(incoming):
        total += length
        if total > most:
            return None
        pieces.append(incoming.take(length))
        incoming.line()
    while incoming.line().strip():
        pass  # a field after the last piece
    return b"".join(pieces)


def _length_of_piece(incoming: Incoming) -> int:
    digits = incoming.line().partition(b";")[0].strip()
    if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", digits):
        raise HTTPException("a piece without a length")
    return int(digits, 16)
