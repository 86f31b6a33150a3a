"""Which changed item became which: in order, each old one with the most similar of the next few new ones. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

REACH = 12  # how far behind its last partner an item looks for the one it became
ALIKE = 0.4  # the share of words that two items have in common to be the same one, changed

Bag = Counter[str]


def partners(old: range, new: range, likeness: Callable[[int, int], float]) -> Iterator[tuple[int, int]]:
    free = new.start
    for at in old:
        near = range(free, min(free + REACH, new.stop))
        likely, place = max(((likeness(at, place), -place) for place in near), default=(0.0, 0))
        if likely >= ALIKE:
            yield at, -place
            free = 1 - place


def shared(one: Bag, other: Bag) -> float:
    """From 0, nothing in common, to 1, the same words."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0
