"""The line of the score on paper: plain attributes, since paper knows no style sheet for drawings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from secdash.web.drawing import polyline, score_window
from secdash.web.scale import BANDS

WIDTH, HEIGHT = 640.0, 120.0


class Grid(NamedTuple):
    """A border between two letters: where it is, and the letter above it."""

    y: str
    letter: str


class PaperLine(NamedTuple):
    """Coordinates in a box of WIDTH × HEIGHT."""

    path: str
    first: date
    last: date
    low: int
    high: int
    grid: list[Grid]


def score_line(days: Sequence[date], scores: Sequence[float | None]) -> PaperLine | None:
    """None where no day has a score."""
    known = [score for score in scores if score is not None]
    if not known:
        return None
    low, high = score_window(known)

    def height(score: float) -> float:
        return HEIGHT - HEIGHT * (score - low) / (high - low)

    step = WIDTH / max(len(scores) - 1, 1)
    points = [None if score is None else (index * step, height(score)) for index, score in enumerate(scores)]
    inside = [band for band in BANDS if low < band.low < high]
    grid = [Grid(f"{height(band.low):.0f}", band.letter) for band in inside]
    return PaperLine(polyline(points, digits=1), days[0], days[-1], low, high, grid)
