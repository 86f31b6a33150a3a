"""What reading one image may cost, and what is said when it would cost more."""

from __future__ import annotations

import time
from collections.abc import Callable

from secdash.facts.message import Message, say

MOST_BYTES = 64 * 2**30  # of the stream and of what is unpacked from it, together
MOST_ENTRIES = 2_000_000  # eight bytes of memory for each

TOO_LARGE = say("This image holds more than secdash reads of one.")
TOO_MANY_FILES = say("This image holds more files than secdash reads of one.")
OUT_OF_TIME = say("This image was not read to its end in the time that one scan has; it will be tried again.")


class Unreadable(Exception):
    """An image's files could not be read. `lasting`: it is the image's own fault, and would be the same next time."""

    def __init__(self, message: Message, *, lasting: bool = False) -> None:
        super().__init__(str(message))
        self.message = message
        self.lasting = lasting


class Budget:
    """Counts bytes and entries of one image until `ends` on the monotonic clock, and calls `beat` as it goes."""

    def __init__(
        self,
        ends: float,
        beat: Callable[[], None] = lambda: None,
        *,
        most_bytes: int = MOST_BYTES,
        most_entries: int = MOST_ENTRIES,
    ) -> None:
        self._ends = ends
        self._beat = beat
        self._bytes_left = most_bytes
        self._entries_left = most_entries

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self._ends

    def seconds_left(self) -> float:
        """How long the next answer may take. Raises Unreadable where no time is left for one."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise Unreadable(OUT_OF_TIME)
        return left

    def spend(self, size: int) -> None:
        """Raises Unreadable where the image has had all that it may."""
        self._beat()
        self._bytes_left -= size
        if self._bytes_left < 0:
            raise Unreadable(TOO_LARGE, lasting=True)
        self.seconds_left()

    def count_entry(self) -> None:
        self._entries_left -= 1
        if self._entries_left < 0:
            raise Unreadable(TOO_MANY_FILES, lasting=True)
