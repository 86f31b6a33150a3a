"""Which lines of an article's source belong to which section: pure, and exact to the line."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from knowledge.source import Heading, Source, scan

LEAD = ""


class Slice(msgspec.Struct, frozen=True):
    """Lines count from 1. `last` ends the section's own text, `end` what stands below it, its subsections included."""

    anchor: str
    title: str
    level: int
    first: int
    last: int
    end: int


def slices(body: str) -> tuple[Slice, ...]:
    """The lead (level 1, no anchor) and each section, in order; together their own texts are all but the metadata."""
    source = scan(body)
    total = len(split(body))
    headings = source.headings
    begin = _first_line(source, total)
    bounds = [heading.line for heading in headings] + [total + 1]
    lead = Slice(LEAD, "", 1, begin, bounds[0] - 1, bounds[0] - 1)
    return (lead, *(_slice(headings, at, bounds, total) for at in range(len(headings))))


def split(body: str) -> list[str]:
    """The lines as the scan counts them."""
    return body.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def own(body: str) -> dict[str, str]:
    """Anchor → the section's own source, its heading included."""
    lines = split(body)
    return {part.anchor: "\n".join(lines[part.first - 1 : part.last]).strip() for part in slices(body)}


def digests(body: str) -> dict[str, str]:
    """Anchor → digest of the section's own source: the same as long as nobody changed it."""
    return {anchor: hashlib.sha256(text.encode()).hexdigest() for anchor, text in own(body).items()}


def section(body: str, anchor: str) -> str:
    """The section with all below it, as written. Raises KeyError where the article has no such section."""
    part = _found(body, anchor)
    return "\n".join(split(body)[part.first - 1 : part.end])


def replaced(body: str, anchor: str, text: str) -> str:
    """The article with this section, and all below it, written anew. Raises KeyError as `section` does."""
    part = _found(body, anchor)
    lines = split(body)
    return "\n".join([*lines[: part.first - 1], *split(text), *lines[part.end :]])


def _found(body: str, anchor: str) -> Slice:
    found = {part.anchor: part for part in slices(body)}
    return found[anchor]


def _slice(headings: Sequence[Heading], at: int, bounds: Sequence[int], total: int) -> Slice:
    here = headings[at]
    following = (one.line for one in headings[at + 1 :] if one.level <= here.level)
    return Slice(here.anchor, here.text, here.level, here.line, bounds[at + 1] - 1, next(following, total + 1) - 1)


def _first_line(source: Source, total: int) -> int:
    return source.items[0].line if source.items else total + 1
