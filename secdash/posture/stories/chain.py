"""What a story is made of."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from secdash.facts.message import Message


class Link(msgspec.Struct, frozen=True):
    """One step. `short` stands between arrows, `says` is its sentence; `check` is "" where no finding stands for it.

    `kind`, `key` and `name` are the subject's, as a verdict has them.
    """

    short: Message
    says: Message
    check: str
    kind: str
    key: str
    name: str

    @property
    def identity(self) -> tuple[str, str, str]:
        return (self.check, self.kind, self.key)


class End(StrEnum):
    """Where a story ends."""

    SWARM = "swarm"
    HOST = "host"
    SECRETS = "secrets"


class Chain(msgspec.Struct, frozen=True):
    """A story whose every link is known. It is broken when any link that a finding stands for is mended.

    `container` is where it begins, "" where that is the Engine itself; `hops` counts the neighbours it goes through.
    """

    container: str
    links: tuple[Link, ...]
    end: End
    hops: int = 0

    @property
    def cuttable(self) -> tuple[Link, ...]:
        return tuple(link for link in self.links if link.check)


class Possible(msgspec.Struct, frozen=True):
    """A story that cannot be told: some links are known, and the rest is not, for these reasons."""

    container: str
    links: tuple[Link, ...]
    why: tuple[Message, ...]


class Told(msgspec.Struct, frozen=True):
    """`left` is how many further chains were not followed."""

    chains: tuple[Chain, ...]
    possible: tuple[Possible, ...]
    left: int = 0
