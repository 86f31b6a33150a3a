"""Where a comment's line stands in a text that was amended since. Pure."""

from __future__ import annotations

from collections.abc import Sequence

QUOTED = 400


def quoted(line: str) -> str:
    """The line as a comment keeps it."""
    return line.strip()[:QUOTED]


def place(quote: str, line: int, lines: Sequence[str]) -> int | None:
    """The number of the line that reads the same and is nearest to where it was; None where it is gone."""
    alike = [number for number, text in enumerate(lines, 1) if quoted(text) == quote]
    return min(alike, key=lambda number: (abs(number - line), number), default=None)
