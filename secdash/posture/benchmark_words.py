"""How hosts stand on every item of the benchmark, as their newest scans say: a letter an item, kept by scan.

Over 1,000 hosts the letters of an item are then counted, where else 100,000 tallies would be looked into.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache, partial
from typing import NamedTuple

from secdash.checks.benchmark import Item, items
from secdash.checks.benchmark_manual import moot
from secdash.checks.outcome import Status
from secdash.findings.models import Attestation
from secdash.posture.kept import OfScans
from secdash.posture.tallies import FACES, Faces, Tally

NOT_IN_TALLY = (0, 0, 1, 0)  # a check that is younger than the scan has not judged anything
LETTERS: Mapping[Status, int] = {status: letter for letter, status in enumerate(FACES)}
Statements = Mapping[tuple[int, str], Attestation]
Words = tuple[int, bytes]  # a host's id, and its letters


class Column(NamedTuple):
    """How many hosts stand how on one item; of how many a person's word holds, and of how many it has ended."""

    hosts: Faces
    attested: int
    ended: int


@cache
def of_edition(edition: str) -> OfScans[bytes]:
    return OfScans(partial(_words, edition))


def columns(edition: str, hosts: Iterable[Words], said: Statements, day: date) -> list[Column]:
    """Of each item of the edition, in its order."""
    rows = list(hosts)
    joined, width = b"".join(row for _, row in rows), len(items(edition))
    by_item: dict[str, dict[int, Attestation]] = {}
    for (host, name), statement in said.items():
        by_item.setdefault(name, {})[host] = statement
    spoken = [by_item.get(item.manual.name, {}) if item.manual else {} for item in items(edition)]
    ids = [host for host, _ in rows]
    return [_column(joined[place::width], ids, each, day) for place, each in enumerate(spoken)]


def _column(letters: bytes, hosts: Sequence[int], said: Mapping[int, Attestation], day: date) -> Column:
    """Where nothing was seen that makes the item moot, the word of a person counts for as long as it holds."""
    counts = [letters.count(letter) for letter in range(len(FACES))]
    attested = ended = 0
    unknown = LETTERS[Status.UNKNOWN]
    for host, letter in zip(hosts, letters, strict=True) if said else ():
        statement = said.get(host)
        if statement is None or letter != unknown:
            continue
        if statement.holds(day):
            counts[unknown] -= 1
            counts[LETTERS[Status(statement.says)]] += 1
            attested += 1
        elif not statement.is_withdrawn:
            ended += 1
    return Column(Faces(*counts), attested, ended)


def _words(edition: str, tally: Tally, engine_version: str) -> bytes:
    return bytes(LETTERS[_seen(item, tally, engine_version)] for item in items(edition))


def _seen(item: Item, tally: Tally, engine_version: str) -> Status:
    if item.checks:
        return folded(tally.get(check, NOT_IN_TALLY) for check in item.checks)
    if item.manual and moot(item.manual, engine_version, tally):
        return Status.NOT_APPLICABLE
    return Status.UNKNOWN


def folded(counts: Iterable[Sequence[int]]) -> Status:
    """One verdict of many: any failure fails, else what is unknown stays unknown, else any pass passes."""
    seen = Status.NOT_APPLICABLE
    for passed, failed, unknown, _ in counts:
        if failed:
            return Status.FAIL
        if unknown:
            seen = Status.UNKNOWN
        elif passed and seen is not Status.UNKNOWN:
            seen = Status.PASS
    return seen
