"""What can be wrong with an article's text, said so that its author can mend it."""

from __future__ import annotations

import msgspec

from secdash.facts.message import Message


class Problem(msgspec.Struct, frozen=True):
    """`line` counts from 1 in the text as written, metadata included."""

    line: int
    message: Message


class Refused(Exception):
    """The text is not rendered at all: it is larger or deeper than any article needs to be."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message
