"""Why a message did not arrive."""

from __future__ import annotations

from secdash.facts.message import Message


class NotSent(Exception):
    """With the sentence for whoever looks after the channel, never the address. `is_final`: later is no better."""

    def __init__(self, message: Message, *, is_final: bool = False) -> None:
        super().__init__(message.text)
        self.message = message
        self.is_final = is_final
