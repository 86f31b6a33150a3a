"""The CIS Docker Benchmark's numbers, edition by edition: which check answers each, or why none does.

Numbers, levels and tags only; its wording is not ours to repeat. 1.7 renumbered nothing. 1.8 put one item in at 2.7,
which moved 2.7–2.18 of the older editions up by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache

import msgspec

from secdash.checks import CATALOGUE
from secdash.checks import benchmark_items as book
from secdash.checks.benchmark_manual import BY_NUMBER, Manual
from secdash.facts.message import Message

EDITIONS = ("1.6", "1.7", "1.8")
FIRST = "1.6"
SECTIONS = {"1.1": 18, "1.2": 2, "2": 18, "3": 24, "4": 12, "5": 32, "6": 2, "7": 9}
MOVED_IN_1_8 = {f"2.{item}": f"2.{item + 1}" for item in range(7, 19)}
NEW_IN_1_8 = ("2.7",)


class Certainty(StrEnum):
    """How sure it is that an edition says so."""

    CONFIRMED = "confirmed"  # by two sources that were written down separately
    INFERRED = "inferred"  # from one source, or from the edition beside
    UNKNOWN = "unknown"


class Item(msgspec.Struct, frozen=True):
    """An item as one edition has it. `levels` are those that CIS tags it with; () where no source says.

    `automated` is the tag of CIS and says nothing of us: we may answer what CIS calls manual. `manual` is there where a
    person attests; `reason` says why no check answers, None where one does.
    """

    number: str
    label: Message
    levels: tuple[int, ...]
    number_is: Certainty
    level_is: Certainty
    profile: str
    automated: bool
    checks: tuple[str, ...]
    manual: Manual | None
    reason: Message | None

    @property
    def section(self) -> str:
        return self.number.partition(".")[0]


@cache
def items(edition: str) -> tuple[Item, ...]:
    """Every item of the edition, in its order. Raises KeyError for an edition that is not known."""
    answers, reasons = answered(edition), manual(edition)
    return tuple(
        _item(number, first_number(number, edition), edition, answers.get(number, ()), reasons.get(number))
        for number in numbers(edition)
    )


def _item(number: str, first: str, edition: str, checks: tuple[str, ...], reason: Message | None) -> Item:
    return Item(
        number=number,
        label=book.LABELS[first] if first else book.LABEL_OF_NEW,
        levels=_levels(first, edition),
        number_is=Certainty.CONFIRMED,
        level_is=_level_is(first, edition),
        profile="swarm" if number.startswith("7.") else "docker",
        automated=first in (book.AUTOMATED_IN_1_6 if edition == FIRST else book.AUTOMATED_LATER),
        checks=checks,
        manual=None if checks else BY_NUMBER.get(first),
        reason=reason,
    )


def _levels(first: str, edition: str) -> tuple[int, ...]:
    if edition == FIRST and first in book.LEVELS_NOT_FOUND_IN_1_6:
        return ()
    if edition == FIRST and first in book.BOTH_LEVELS:
        return (1, 2)
    return (2,) if first in book.LEVEL_2 else (1,)


def _level_is(first: str, edition: str) -> Certainty:
    if not _levels(first, edition):
        return Certainty.UNKNOWN
    confirmed = {FIRST: book.LEVELS_CONFIRMED_IN_1_6, "1.8": book.LEVELS_CONFIRMED_IN_1_8}
    sure = edition not in confirmed or first in confirmed[edition]
    return Certainty.CONFIRMED if sure else Certainty.INFERRED


def numbers(edition: str) -> tuple[str, ...]:
    """Every number of the edition, in its order. Raises KeyError for an edition that is not known."""
    first = tuple(f"{section}.{item}" for section, most in SECTIONS.items() for item in range(1, most + 1))
    return _in_order({FIRST: first, "1.7": first, "1.8": (*_moved(first, "1.8"), *NEW_IN_1_8)}[edition])


def cis_for(check: str, edition: str) -> tuple[str, ...]:
    """The numbers that a check answers in an edition; none where the benchmark does not ask."""
    cis = CATALOGUE[check].cis
    return cis.get(edition) or _moved(cis.get(FIRST, ()), edition)


def answered(edition: str) -> dict[str, tuple[str, ...]]:
    """{number: names of the checks that answer it}, for the numbers that have any."""
    found: dict[str, list[str]] = {}
    for name in CATALOGUE:
        for number in cis_for(name, edition):
            found.setdefault(number, []).append(name)
    return {number: tuple(found[number]) for number in _in_order(found)}


def manual(edition: str) -> dict[str, Message]:
    """{number: why no check answers it}, for all others."""
    first = {number: item.reason for number, item in BY_NUMBER.items()}
    reasons = dict(zip(_moved(first, edition), first.values(), strict=True))
    answers = answered(edition)
    return {number: reasons[number] for number in _in_order(reasons) if number not in answers}


def first_number(number: str, edition: str) -> str:
    """The number of 1.6, "" for an item that 1.6 has not."""
    if edition == "1.8" and number in NEW_IN_1_8:
        return ""
    back = {moved: first for first, moved in MOVED_IN_1_8.items()} if edition == "1.8" else {}
    return back.get(number, number)


def _moved(items: Iterable[str], edition: str) -> tuple[str, ...]:
    """Numbers of 1.6 as the edition writes them."""
    moves: Mapping[str, str] = MOVED_IN_1_8 if edition == "1.8" else {}
    return tuple(moves.get(number, number) for number in items)


def _in_order(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(items, key=lambda number: [int(part) for part in number.split(".")]))
