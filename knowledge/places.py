"""In which section each line of a text stands. Pure."""

from __future__ import annotations

import msgspec

from knowledge.problems import Refused
from knowledge.slicing import slices, split


class Place(msgspec.Struct, frozen=True):
    """A section by anchor and title; both empty above the first heading, where `meta` tells the metadata apart."""

    anchor: str = ""
    title: str = ""
    meta: bool = False


def places(body: str) -> list[Place]:
    """One for each line; without any section for a text that is too large to be read."""
    found = [Place(meta=True)] * len(split(body))
    try:
        parts = slices(body)
    except Refused:
        return [Place()] * len(found)
    for part in parts:
        for line in range(part.first, part.last + 1):
            found[line - 1] = Place(part.anchor, part.title)
    return found
