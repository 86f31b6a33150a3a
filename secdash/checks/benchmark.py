"""The CIS Docker Benchmark's numbers, edition by edition: which check answers each, or why none does.

Numbers and levels only; its wording is not ours to repeat. 1.7 renumbered nothing. 1.8 put one item in at 2.7, which
moved 2.7–2.18 of the older editions up by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from secdash.checks import CATALOGUE
from secdash.facts.message import Message, say

EDITIONS = ("1.6", "1.7", "1.8")
FIRST = "1.6"
SECTIONS = {"1.1": 18, "1.2": 2, "2": 18, "3": 24, "4": 12, "5": 32, "6": 2, "7": 9}
MOVED_IN_1_8 = {f"2.{item}": f"2.{item + 1}" for item in range(7, 19)}
NEW_IN_1_8 = ("2.7",)

LEVEL_2 = frozenset(
    [f"1.1.{item}" for item in range(7, 19)]
    + [f"2.{item}" for item in (9, 10, 11, 12, 13, 17)]
    + [f"3.{item}" for item in range(17, 23)]
    + ["4.5", "4.8", "4.11", "5.3", "5.23", "5.24", "5.30"]
)

JUDGEMENT = say("No machine can judge this; decide it with the people who run the host.")
CLIENT = say("This is a setting of the shell of whoever pulls images, not of the host.")
IMAGE_FILES = say("This needs the files inside the images, which secdash does not read yet.")


# By the numbers of 1.6.
_REASONS: tuple[tuple[Message, list[str]], ...] = (
    (JUDGEMENT, ["1.2.1", "4.2", "4.3", "4.4", "4.11", "4.12", "7.6", "7.8", "7.9"]),
    (CLIENT, ["4.5"]),
    (IMAGE_FILES, ["4.8"]),
)


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
    reasons = {moved: reason for reason, items in _REASONS for moved in _moved(items, edition)}
    return {number: reasons[number] for number in _in_order(reasons)}


def level(number: str, edition: str) -> int:
    """1 or 2. Items that 1.6 tags with both count as level 1, for level 2 extends it."""
    return 2 if number in _moved(LEVEL_2, edition) else 1


def profile(number: str) -> str:
    """Whom the item is for: "docker" or "swarm"."""
    return "swarm" if number.startswith("7.") else "docker"


def _moved(items: Iterable[str], edition: str) -> tuple[str, ...]:
    """Numbers of 1.6 as the edition writes them."""
    moves: Mapping[str, str] = MOVED_IN_1_8 if edition == "1.8" else {}
    return tuple(moves.get(number, number) for number in items)


def _in_order(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(items, key=lambda number: [int(part) for part in number.split(".")]))
