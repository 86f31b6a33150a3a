"""Bytes that pass once: from a connection, from within an archive's entry, and unpacked on the way."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Protocol

import zstandard

from secdash.facts.images.bounds import Budget, Unreadable
from secdash.facts.message import say

CHUNK = 256 * 1024
PACKED_CHUNK = 64 * 1024
WIDEST_WINDOW = 2**24  # bytes of memory that a zstd stream may ask for; its usual levels want half of that
GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"

ENDED_EARLY = say("The archive of this image ended early.")
DAMAGED = say("The archive of this image is damaged.")

ReadInto = Callable[[memoryview], int]


class Source(Protocol):
    def read(self, size: int) -> bytes:
        """So many bytes; fewer only at the end."""

    def skip(self, size: int) -> None:
        """Pass over so many bytes. Raises Unreadable where there are fewer."""


class Stream:
    """A source that is filled by `readinto`, a buffer at a time; the budget pays for each byte once."""

    def __init__(self, readinto: ReadInto, budget: Budget) -> None:
        self._readinto = readinto
        self._budget = budget
        self._view = memoryview(bytearray(CHUNK))
        self._start = self._end = 0

    def read(self, size: int) -> bytes:
        if size <= self._end - self._start:
            return self._take(size)
        parts, missing = [], size
        while missing and (self._start < self._end or self._fill()):
            parts.append(self._take(min(missing, self._end - self._start)))
            missing -= len(parts[-1])
        return b"".join(parts)

    def skip(self, size: int) -> None:
        while size:
            if self._start == self._end and not self._fill():
                raise Unreadable(ENDED_EARLY)
            step = min(size, self._end - self._start)
            self._start += step
            size -= step

    def _take(self, size: int) -> bytes:
        self._start += size
        return bytes(self._view[self._start - size : self._start])

    def _fill(self) -> bool:
        self._start, self._end = 0, self._readinto(self._view)
        self._budget.spend(self._end)
        return self._end > 0


class Window:
    """The next `size` bytes of a source, such as an entry's content; whoever opens one closes it with `finish`."""

    def __init__(self, source: Source, size: int) -> None:
        self._source = source
        self.left = size

    def read(self, size: int) -> bytes:
        """Raises Unreadable where the source ends before the window does."""
        wanted = min(size, self.left)
        data = self._source.read(wanted)
        self.left -= len(data)
        if len(data) < wanted:
            raise Unreadable(ENDED_EARLY)
        return data

    def skip(self, size: int) -> None:
        if size > self.left:
            raise Unreadable(ENDED_EARLY)
        self._source.skip(size)
        self.left -= size

    def finish(self) -> None:
        self.skip(self.left)


def unpacked(source: Source, first: bytes, budget: Budget) -> Source:
    """The source as it is, or what is packed in it with gzip or zstd; `first` are its first bytes, taken from it."""
    whole = _Rejoined(first, source)
    if first.startswith(GZIP):
        return Stream(_Gunzip(whole).readinto, budget)
    if first.startswith(ZSTD):
        return Stream(_Unzstd(whole).readinto, budget)
    return whole


class _Rejoined:
    """A source with bytes put back that were taken from its front."""

    def __init__(self, first: bytes, rest: Source) -> None:
        self._first = first
        self._rest = rest

    def read(self, size: int) -> bytes:
        if not self._first:
            return self._rest.read(size)
        front, self._first = self._first[:size], self._first[size:]
        return front if len(front) == size else front + self._rest.read(size - len(front))

    def skip(self, size: int) -> None:
        front, self._first = len(self._first[:size]), self._first[size:]
        self._rest.skip(size - front)


class _Gunzip:
    """Any number of gzip members, one after the other, as parallel packers and seekable layers write them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._packed = b""
        self._member = zlib.decompressobj(31)

    def readinto(self, view: memoryview) -> int:
        try:
            return self._next(view)
        except zlib.error as error:
            raise Unreadable(DAMAGED) from error

    def _next(self, view: memoryview) -> int:
        while not (self._member.eof and not self._begin_member()):
            packed = self._packed or self._source.read(PACKED_CHUNK)
            data = self._member.decompress(packed, len(view))
            self._packed = self._member.unconsumed_tail
            if data:
                view[: len(data)] = data
                return len(data)
            if not packed and not self._member.eof:
                raise Unreadable(ENDED_EARLY)
        return 0

    def _begin_member(self) -> bool:
        """Whether another member follows; zeros may, as padding."""
        self._packed = self._member.unused_data or self._source.read(PACKED_CHUNK)
        if not self._packed.startswith(GZIP[:1]):
            return False
        self._member = zlib.decompressobj(31)
        return True


class _Unzstd:
    def __init__(self, source: Source) -> None:
        unpacker = zstandard.ZstdDecompressor(max_window_size=WIDEST_WINDOW)
        self._reader = unpacker.stream_reader(source, read_size=PACKED_CHUNK, read_across_frames=True)  # type: ignore[arg-type]  # it only reads

    def readinto(self, view: memoryview) -> int:
        try:
            return self._reader.readinto(view)
        except zstandard.ZstdError as error:
            raise Unreadable(DAMAGED) from error
