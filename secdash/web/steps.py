"""The geometry of a waterfall: levels and what leads from one to the next, as places in percent of the plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from django.utils.formats import get_format

from secdash.web.scale import percent

BAR = 0.62  # of a column's width
LEAST = 4  # points that the plot is high at least
LINE = 10  # characters of a label on one line
SLIM = 0.6  # percent of the plot's height below which a bar could not be seen


class Bar(NamedTuple):
    """One step: `css` colours it, `text` stands above what rises and below what falls."""

    css: str
    x: str
    width: str
    y: str
    height: str
    middle: str
    text: str
    text_y: str
    text_dy: int
    label: list[str]
    join: tuple[str, str, str]  # the dotted line to the next one: from, to, height


class Level(NamedTuple):
    """The score at one end."""

    x1: str
    x2: str
    middle: str
    y: str
    text: str
    label: list[str]


class Steps(NamedTuple):
    start: Level
    bars: list[Bar]
    end: Level
    join: tuple[str, str, str]
    grid: list[tuple[str, str]]  # height and what it stands for

    @property
    def is_wide(self) -> bool:
        return len(self.bars) > 5


class Given(NamedTuple):
    """One step as it is to be drawn."""

    points: float
    text: str
    label: str
    css: str


def steps(start: float, given: Sequence[Given], end: float, labels: tuple[str, str]) -> Steps:
    """Columns from left to right: the start, each step, the end; `labels` name the two ends."""
    levels = [start]
    for step in given:
        levels.append(levels[-1] + step.points)
    low, high = _window([*levels, end])
    place = _Place(len(given) + 2, low, high)
    return Steps(
        start=_level(place, 0, start, labels[0]),
        bars=[_bar(place, number, levels[number - 1], step) for number, step in enumerate(given, 1)],
        end=_level(place, len(given) + 1, end, labels[1]),
        join=place.join(0, start),
        grid=[(place.height(value), f"{value:g}") for value in _ticks(low, high)],
    )


class _Place(NamedTuple):
    columns: int
    low: float
    high: float

    def middle(self, column: int) -> float:
        return 100 * (column + 0.5) / self.columns

    @property
    def half(self) -> float:
        return 50 * BAR / self.columns

    def height(self, value: float) -> str:
        return percent(100 * (self.high - value) / (self.high - self.low))

    def join(self, column: int, value: float) -> tuple[str, str, str]:
        ends = percent(self.middle(column) + self.half), percent(self.middle(column + 1) - self.half)
        return (*ends, self.height(value))


def _level(place: _Place, column: int, value: float, label: str) -> Level:
    middle = place.middle(column)
    ends = percent(middle - place.half), percent(middle + place.half)
    return Level(*ends, percent(middle), place.height(value), figure(value), lines(label))


def _bar(place: _Place, column: int, before: float, step: Given) -> Bar:
    after, middle = before + step.points, place.middle(column)
    top, bottom = max(before, after), min(before, after)
    rises = step.points >= 0
    return Bar(
        css=step.css,
        x=percent(middle - place.half),
        width=percent(2 * place.half),
        y=place.height(top),
        height=percent(max(SLIM, 100 * (top - bottom) / (place.high - place.low))),
        middle=percent(middle),
        text=step.text,
        text_y=place.height(top if rises else bottom),
        text_dy=-6 if rises else 15,
        label=lines(step.label),
        join=place.join(column, after),
    )


def _window(levels: Sequence[float]) -> tuple[float, float]:
    """A range around all levels, with room for what is written above and below them."""
    low, high = min(levels), max(levels)
    room = max(0.22 * (high - low), (LEAST - (high - low)) / 2, 0.6)
    return low - room, high + room


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers inside the range, four at most."""
    step = next(step for step in (1, 2, 5, 10, 20, 50) if (high - low) / step <= 4)
    return [float(value) for value in range(step * math.ceil(low / step), math.floor(high) + 1, step) if value <= high]


def lines(label: str) -> list[str]:
    """The words of a label on lines of at most LINE characters, or of one word."""
    written: list[str] = []
    for word in label.split(" "):
        if written and len(f"{written[-1]} {word}") <= LINE:
            written[-1] += f" {word}"
        else:
            written.append(word)
    return written


def signed(points: float, *, digits: int = 1) -> str:
    """+4, −1.7, ±0: with the sign that is read as one."""
    text = f"{abs(points):.{digits}f}"
    shown = text.rstrip("0").rstrip(".") if "." in text else text
    if not float(text):
        return as_read(f"{'+' if points > 0 else '−'}<{10**-digits:g}") if points else "±0"
    return as_read(f"{'+' if points > 0 else '−'}{shown}")


def figure(value: float) -> str:
    """With one digit at most: 71, 64.3."""
    return as_read(f"{value:.1f}".removesuffix(".0"))


def as_read(number: str) -> str:
    """With the decimal point of the reader's language."""
    return number.replace(".", get_format("DECIMAL_SEPARATOR"))
