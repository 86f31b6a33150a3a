"""What was made of which answers, remembered as digests in the process that made it.

A container or image that answers as it did once, and of which the facts that were made then stand in the facts of
before, is taken from there instead of being read again: the same record, which need not be compared either. Whoever
scanned the host last, and when, does not matter. A thing costs some 200 bytes here, whatever it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TypeVar

from secdash.facts.answers import Answers
from secdash.facts.model import Container, Image, Snapshot, Unknown, dump_part
from secdash.facts.parse import Again, parse
from secdash.facts.sight import Sight, Things

T = TypeVar("T", Container, Image)

MOST = 50_000  # things: what was noted first goes first


class Made:
    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._made: dict[bytes, bytes] = {}  # of answers → of facts

    def parse(self, answers: Answers, seen: Sight, before: Snapshot | None) -> Snapshot:
        """As `parse`; `seen` is what `sight` says of these answers, `before` the facts of an earlier look."""
        facts = parse(answers, self._again(seen, before)) if before else parse(answers)
        self._note(seen.containers, facts.containers)
        self._note(seen.images, facts.images)
        return facts

    def _again(self, seen: Sight, before: Snapshot) -> Again:
        return Again(self._kept(seen.containers, before.containers), self._kept(seen.images, before.images))

    def _kept(self, seen: Things, before: tuple[T, ...] | Unknown) -> Mapping[str, T]:
        """By id."""
        by_digest = {_digest(each): each for each in _known(before)}
        found = ((id_, by_digest.get(self._made.get(digest, b""))) for id_, digest in seen)
        return {id_: record for id_, record in found if record is not None}

    def _note(self, seen: Things, made: tuple[T, ...] | Unknown) -> None:
        new = {id_: digest for id_, digest in seen if digest not in self._made}
        for record in _known(made) if new else ():
            if digest := new.get(record.id):
                self._made[digest] = _digest(record)
        while len(self._made) > self._most:
            del self._made[next(iter(self._made))]


def _known(listed: tuple[T, ...] | Unknown) -> Iterable[T]:
    return () if isinstance(listed, Unknown) else listed


def _digest(record: Container | Image) -> bytes:
    return hashlib.blake2b(dump_part(record), digest_size=16).digest()
