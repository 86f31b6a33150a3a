"""What happened, as plain data: what a letter is composed of."""

from __future__ import annotations

import msgspec

NEW, REOPENED, VOIDED, RESOLVED = "new", "reopened", "voided", "resolved"
UNREACHABLE, REACHABLE, FAILING, WORKING = "unreachable", "reachable", "failing", "working"
EXPIRED, ENDING = "expired", "ending"


class Place(msgspec.Struct, frozen=True):
    """A host by name, with the path of its page."""

    name: str
    url: str
    slug: str


class Count(msgspec.Struct, frozen=True):
    """How many findings of one severity went one way on one host."""

    place: Place
    what: str
    severity: int
    number: int


class Shown(msgspec.Struct, frozen=True):
    """A finding that a letter names."""

    title: str  # of its check: a message id, or the bare name of a check that is no more
    subject: str
    host: str
    severity: int
    url: str


class FirstScan(msgspec.Struct, frozen=True):
    place: Place
    findings: int


class HostNews(msgspec.Struct, frozen=True):
    """`why`: the sentence of the scan that failed, with its values."""

    place: Place
    what: str
    why: str = ""
    values: tuple[tuple[str, str], ...] = ()


class Ends(msgspec.Struct, frozen=True):
    """An acceptance that ended or is about to: with how many findings, of those that the receiver may see."""

    what: str
    title: str  # of its check; "" where it is of findings of several checks
    day: str
    findings: int
    hosts: int
    url: str


class News(msgspec.Struct, frozen=True):
    counts: tuple[Count, ...] = ()
    shown: tuple[Shown, ...] = ()
    first: tuple[FirstScan, ...] = ()
    hosts: tuple[HostNews, ...] = ()
    ends: tuple[Ends, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.counts or self.first or self.hosts or self.ends)
