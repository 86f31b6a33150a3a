"""What every record of facts is made of: a value, or why it is unknown."""

from __future__ import annotations

from typing import TypeVar, Union

import msgspec

from secdash.facts.message import Message, say

T = TypeVar("T")


class Unknown(msgspec.Struct, frozen=True, tag=True):
    """In the place of a fact that could not be read, with the reason."""

    why: Message


Fact = Union[T, Unknown]  # noqa: UP007 - an alias that takes a parameter cannot be spelled with |


class FactMissing(Exception):
    """A check asked for a fact that is unknown; the engine turns it into an `unknown` verdict."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(str(unknown.why))
        self.unknown = unknown


def known(fact: T | Unknown) -> T:
    """The fact's value. Raises FactMissing where it is unknown."""
    if isinstance(fact, Unknown):
        raise FactMissing(fact)
    return fact


class Record(msgspec.Struct, frozen=True):
    """Base of the records below."""


# The default of a fact that came to its record later, where nothing more can be said.
READ_SINCE = Unknown(say("The stored snapshot is older than this fact; the next scan of the host reads it."))
