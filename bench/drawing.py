"""Curves and bars as SVG that reads in light and in dark, without any script: for papers, not for pages of the product.

A picture in a paper cannot know on what it lies, so it brings its own ground. Series differ in colour, in their marks
and in their dashes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import chain
from typing import NamedTuple

Series = dict[str, list[tuple[float | str, float]]]
LIGHT = {"ground": "#ffffff", "ink": "#1f2328", "faint": "#d0d7de", "quiet": "#57606a"}
DARK = {"ground": "#0d1117", "ink": "#e6edf3", "faint": "#30363d", "quiet": "#9aa4b0"}
COLOURS = (
    ("#0b62c4", "#6cb2ff"),
    ("#b24a00", "#ffa657"),
    ("#0b7a4b", "#56d39b"),
    ("#7a35c0", "#c9a2ff"),
    ("#57606a", "#9aa4b0"),
)
DASHES = ("none", "7 3", "2 3", "9 3 2 3", "4 4")
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 380, 64, 20, 76, 52
ROW, LABEL, APART = 20, 260, 8  # of bars: their height with its space, the room for names, the room between groups
ROUND = {1: 5, 1.5: 3, 2: 4, 3: 3, 4: 4, 5: 5, 6: 3, 8: 4, 10: 5}  # the number, and into how many steps it is parted


class Scale(NamedTuple):
    """From a value to a place between two places, evenly or by its logarithm."""

    least: float
    most: float
    begin: float
    end: float
    logarithmic: bool = False

    def at(self, value: float) -> float:
        bounds = (self.least, self.most, value)
        least, most, here = map(math.log10, bounds) if self.logarithmic else bounds
        share = (here - least) / (most - least) if most > least else 0.5
        return round(self.begin + share * (self.end - self.begin), 1)


def curves(
    title: str,
    text: str,
    series: Series,
    *,
    axes: tuple[str, str],
    logarithmic: bool = False,
    limit: tuple[float, str] | None = None,
) -> str:
    """Lines through points. `logarithmic` is the upright axis; the other one is where it spans more than a hundred."""
    across, up = _scales(series, logarithmic, limit)
    xs = sorted({float(x) for x, _y in chain.from_iterable(series.values())})
    parts = [*_grid(up, _steps(up)), *_under(across, xs), *_names(axes), *_key(series)]
    if limit:
        at = up.at(limit[0])
        parts += [_line(LEFT, at, WIDTH - RIGHT, "limit"), _text(WIDTH - RIGHT, at - 5, limit[1], "end", "quiet")]
    for number, points in enumerate(series.values()):
        parts += _curve(number, [(across.at(float(x)), up.at(y)) for x, y in points])
    return _whole(title, text, HEIGHT, parts)


def _scales(series: Series, logarithmic: bool, limit: tuple[float, str] | None) -> tuple[Scale, Scale]:
    """Across and up; the latter begins at nothing, where it is even."""
    points = list(chain.from_iterable(series.values()))
    xs, ys = [float(x) for x, _y in points], [y for _x, y in points] + ([limit[0]] if limit else [])
    across = Scale(min(xs), max(xs), LEFT + 16, WIDTH - RIGHT - 16, max(xs) > 100 * min(xs))
    least = 10.0 ** math.floor(math.log10(min(ys))) if logarithmic else 0.0
    return across, Scale(least, _above(max(ys)), HEIGHT - BOTTOM, TOP, logarithmic)


def _curve(number: int, places: Sequence[tuple[float, float]]) -> Iterator[str]:
    through = " ".join(f"{x},{y}" for x, y in places)
    yield f'<polyline class="s{number % 5}" points="{through}"/>'
    yield from (_mark(number, x, y) for x, y in places)


def bars(title: str, text: str, series: Series, *, y: str) -> str:
    """A bar for each name and series, those of a name together, with their values."""
    names = list(dict.fromkeys(str(x) for x, _y in chain.from_iterable(series.values())))
    scale = Scale(0, max(y for _x, y in chain.from_iterable(series.values())) or 1, LABEL, WIDTH - 80)
    parts, top = (list(_swatches(series)), float(TOP)) if len(series) > 1 else ([], 48.0)
    for name in names:
        parts.append(_text(LABEL - 10, top + 14, name, "end"))
        for number, of in enumerate(series.values()):
            for value in (value for x, value in of if x == name):
                parts += _bar(number, top, scale.at(value), value)
                top += ROW
        top += APART
    return _whole(title, text, int(top) + 34, [*parts, _text(LABEL, top + 16, y, kind="quiet")])


def _bar(number: int, top: float, end: float, value: float) -> Iterator[str]:
    wide = max(end - LABEL, 1)
    yield f'<rect class="b{number % 5}" x="{LABEL}" y="{top}" width="{wide:.1f}" height="{ROW - 5}"/>'
    yield _text(LABEL + wide + 6, top + 12, _short(value))


def _above(value: float) -> float:
    """The next round number."""
    size = 10 ** math.floor(math.log10(value))
    return float(next(step * size for step in ROUND if step * size >= value))


def _steps(scale: Scale) -> list[float]:
    """Round ones, up to a round number."""
    if not scale.logarithmic:
        parts = ROUND[round(scale.most / 10 ** math.floor(math.log10(scale.most)), 1)]
        return [scale.most * share / parts for share in range(parts + 1)]
    decades = range(round(math.log10(scale.least)), math.ceil(math.log10(scale.most)) + 1)
    return [float(10**decade) for decade in decades if 10**decade <= scale.most]


def _grid(scale: Scale, steps: Sequence[float]) -> Iterator[str]:
    for step in steps:
        yield _line(LEFT, scale.at(step), WIDTH - RIGHT, "grid")
        yield _text(LEFT - 8, scale.at(step) + 4, _short(step), "end", "quiet")


def _under(scale: Scale, values: Sequence[float]) -> Iterator[str]:
    """Names of what was measured; of many, those that have room."""
    last = -math.inf
    for value in values:
        if scale.at(value) - last >= 36:
            last = scale.at(value)
            yield _text(last, HEIGHT - BOTTOM + 20, f"{value:,.0f}", "middle", "quiet")


def _names(axes: tuple[str, str]) -> Iterator[str]:
    yield _text(WIDTH - RIGHT, HEIGHT - 12, axes[0], "end", "quiet")
    yield _text(LEFT - 8, TOP - 12, axes[1], "end", "quiet")


def _key(series: Series) -> Iterator[str]:
    place = float(LEFT)
    for number, name in enumerate(series):
        yield f'<path class="s{number % 5}" d="M{place} 50h26"/>' + _mark(number, place + 13, 50)
        yield _text(place + 33, 54, name)
        place += 33 + 7 * len(name) + 24


def _swatches(series: Series) -> Iterator[str]:
    place = float(LEFT)
    for number, name in enumerate(series):
        yield f'<rect class="b{number % 5}" x="{place}" y="43" width="14" height="14"/>'
        yield _text(place + 21, 54, name)
        place += 21 + 7 * len(name) + 24


MARKS: tuple[Callable[[float, float], str], ...] = (
    lambda x, y: f'<circle class="b0" cx="{x}" cy="{y}" r="4"/>',
    lambda x, y: f'<rect class="b1" x="{x - 4}" y="{y - 4}" width="8" height="8"/>',
    lambda x, y: f'<path class="b2" d="M{x} {y - 5}l5 9h-10z"/>',
    lambda x, y: f'<path class="b3" d="M{x} {y - 5}l5 5l-5 5l-5-5z"/>',
    lambda x, y: f'<path class="b4" d="M{x - 4} {y - 1}h8v2h-8z"/>',
)


def _mark(number: int, x: float, y: float) -> str:
    return MARKS[number % 5](x, y)


def _line(begin: float, y: float, end: float, kind: str) -> str:
    return f'<path class="{kind}" d="M{begin} {y}H{end}"/>'


def _text(x: float, y: float, said: str, anchor: str = "start", kind: str = "ink") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(said)}</text>'


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == round(value) else f"{value:.3g}"


def _style() -> str:
    return f"{_colours(0, LIGHT)} @media (prefers-color-scheme: dark) {{ {_colours(1, DARK)} }}"


def _colours(theme: int, words: dict[str, str]) -> str:
    rules = [
        f".ground {{ fill: {words['ground']} }}",
        *(f".{name} {{ fill: {words[name]} }}" for name in ("ink", "quiet")),
        f".grid {{ stroke: {words['faint']} }}",
        f".limit {{ stroke: {words['quiet']}; stroke-dasharray: 3 3 }}",
    ]
    for number, of in enumerate(COLOURS):
        rules.append(f".b{number} {{ fill: {of[theme]} }}")
        rules.append(f".s{number} {{ stroke: {of[theme]}; stroke-dasharray: {DASHES[number]} }}")
    return " ".join(rules)


def _whole(title: str, text: str, height: int, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        f' role="img" aria-labelledby="title text" font-family="system-ui, sans-serif" font-size="13">'
    )
    said = f'<title id="title">{escape(title)}</title><desc id="text">{escape(text)}</desc>'
    style = f"<style>polyline, path {{ fill: none; stroke-width: 2 }} .grid {{ stroke-width: 1 }} {_style()}</style>"
    ground = f'<rect class="ground" width="{WIDTH}" height="{height}" rx="6"/>'
    name = f'<text class="ink" x="20" y="28" font-size="16" font-weight="600">{escape(title)}</text>'
    return "\n".join([head, said, style, ground, name, *parts, "</svg>\n"])
