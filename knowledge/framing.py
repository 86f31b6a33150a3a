"""Editing one section of an article: its text between what stands before and after it. Pure.

The page sends all three back, so that a heading that was added, renamed or taken out never moves the borders.
"""

from __future__ import annotations

import msgspec

from knowledge import slicing
from knowledge.problems import Refused


class Framed(msgspec.Struct, frozen=True):
    """`anchor` is "" where the whole article is edited; then nothing stands before or after."""

    text: str
    before: str = ""
    after: str = ""
    anchor: str = ""

    @property
    def whole(self) -> str:
        """Each part begins on a line of its own, whatever was typed."""
        before = _ended(self.before) if self.before else ""
        return before + (_ended(self.text) if self.after else self.text) + self.after

    @property
    def title(self) -> str:
        """Of the section; "" where the whole article is edited."""
        return next((part.title for part in _named(self.text)), self.anchor) if self.anchor else ""

    @property
    def first_line(self) -> int:
        """Of the text, counted in the whole article."""
        return self.before.count("\n") + 1

    @property
    def last_line(self) -> int:
        """Where something follows, the text ends with its line feed, and no empty line comes after that."""
        text = _ended(self.text).removesuffix("\n") if self.after else self.text
        return self.first_line + text.count("\n")


def framed(body: str, anchor: str) -> Framed:
    """The section with all below it, or the whole article where it has no such section."""
    part = next((one for one in _named(body) if one.anchor == anchor), None) if anchor else None
    if part is None:
        return Framed(body)
    lines = slicing.split(body)
    before, text, after = lines[: part.first - 1], lines[part.first - 1 : part.end], lines[part.end :]
    shown = _written(text) if after else "\n".join(text)
    return Framed(shown, _written(before), "\n".join(after), anchor)


def _named(text: str) -> list[slicing.Slice]:
    """The sections with an anchor; none in a text that is too large to be read."""
    try:
        return [part for part in slicing.slices(text) if part.anchor]
    except Refused:
        return []


def _written(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"
