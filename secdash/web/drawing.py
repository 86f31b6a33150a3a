"""The geometry of meters, sparklines and the score chart: plain numbers in, coordinates as text out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from secdash.web.scale import BANDS, Band, band_of, clamp, percent

SPARK_WIDTH, SPARK_HEIGHT, SPARK_END = 96.0, 24.0, 5.0
GAP = 0.35  # percent of a meter left empty between two parts
SLIVER = 1.0  # percent below which a part that is not nothing would vanish


class Part(NamedTuple):
    css: str
    x: str
    width: str


class Line(NamedTuple):
    path: str
    end_x: str
    end_y: str


class Label(NamedTuple):
    text: str
    at: str
    css: str


class Chart(NamedTuple):
    """What the template needs: the line in a 1000 × 1000 box, the rest in percent of the plot."""

    path: str
    end: Label
    band: Part | None
    grid: list[str]
    letters: list[Label]
    dates: list[tuple[date, str, str]]


def meter(parts: Iterable[tuple[str, int]]) -> list[Part]:
    """Shares of a whole, side by side in percent; a part that is not nothing stays visible, nothing draws nothing."""
    shown = [(css, count) for css, count in parts if count > 0]
    whole = sum(count for _, count in shown)
    if not whole:
        return []
    raw = [max(SLIVER, 100 * count / whole) for _, count in shown]
    scale = 100 / sum(raw)
    drawn: list[Part] = []
    x = 0.0
    for (css, _), share in zip(shown, raw, strict=True):
        width = share * scale
        drawn.append(Part(css, percent(x), percent(max(0.2, width - (GAP if len(shown) > 1 else 0)))))
        x += width
    return drawn


def spark(values: Sequence[float | None]) -> Line | None:
    """A line 96 × 24 with its last value at the right; a missing value leaves a gap. None without any value."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    low, high = min(known), max(known)
    span = max(high - low, 1)
    step = (SPARK_WIDTH - SPARK_END - 1) / max(len(values) - 1, 1)

    def place(index: int, value: float) -> tuple[float, float]:
        rise = (value - low) / span if high > low else 0.5
        return 1 + index * step, SPARK_HEIGHT - 4 - rise * (SPARK_HEIGHT - 8)

    points = [None if value is None else place(i, value) for i, value in enumerate(values)]
    end = next(point for point in reversed(points) if point is not None)
    return Line(polyline(points, digits=1), f"{end[0]:.1f}", f"{end[1]:.1f}")


def polyline(points: Iterable[tuple[float, float] | None], *, digits: int = 0) -> str:
    """An SVG path through the points; None lifts the pen. A point alone between two gaps is drawn as a dot."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return " ".join(_run(run, digits) for run in runs if run)


def _run(run: list[tuple[float, float]], digits: int) -> str:
    first, *rest = [f"{x:.{digits}f},{y:.{digits}f}" for x, y in run]
    return f"M{first} " + (" ".join(rest) or first)


def score_chart(days: Sequence[tuple[date, float | None]]) -> Chart | None:
    """Scores by day, oldest first. None without any score."""
    known = [(index, score) for index, (_, score) in enumerate(days) if score is not None]
    if not known:
        return None
    low, high = score_window([score for _, score in known])
    last = max(len(days) - 1, 1)

    def height(score: float) -> float:
        return 100 - 100 * (clamp(score) - low) / (high - low)

    points = [None if score is None else (1000 * i / last, 10 * height(score)) for i, (_, score) in enumerate(days)]
    newest, score = known[-1]
    inside = [band for band in BANDS if band.high > low and band.low < high]
    return Chart(
        path=polyline(points),
        end=Label(percent(100 * newest / last), percent(height(score)), band_of(score).css),
        band=_tinted(band_of(score), low, high),
        grid=[percent(height(band.low)) for band in inside if band.low > low],
        letters=[_letter(band, low, high) for band in inside],
        dates=_dates([day for day, _ in days]),
    )


def score_window(scores: Sequence[float]) -> tuple[int, int]:
    """A vertical range in whole fives around the scores, at least 25 high, inside 0 to 100."""
    low = max(0, 5 * math.floor((min(scores) - 4) / 5))
    high = min(100, 5 * math.ceil((max(scores) + 4) / 5))
    while high - low < 25:
        low, high = max(0, low - 5), min(100, high + 5)
    return low, high


def _visible(band: Band, low: int, high: int) -> tuple[float, float]:
    """Top and bottom of the band's visible part, in percent of the plot's height."""
    scale = 100 / (high - low)
    return (high - min(band.high, high)) * scale, (high - max(band.low, low)) * scale


def _tinted(band: Band, low: int, high: int) -> Part:
    top, bottom = _visible(band, low, high)
    return Part(band.css, percent(top), percent(bottom - top))


def _letter(band: Band, low: int, high: int) -> Label:
    top, bottom = _visible(band, low, high)
    return Label(band.letter, percent((top + bottom) / 2), band.css)


def _dates(days: Sequence[date]) -> list[tuple[date, str, str]]:
    """Up to five dates under the axis: (day, place, where its text is anchored)."""
    last = len(days) - 1
    step = max(1, math.ceil(len(days) / 5))
    places = [
        (days[i], percent(100 * i / max(last, 1)), "start" if i == 0 else "mid") for i in range(0, last + 1, step)
    ]
    return [place for place in places if place[2] == "start" or float(place[1][:-1]) <= 94]
