"""Which plots docs/performance.md has, and what each shows in words: drawn from the figures that benches told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bench import drawing
from bench.figures import Figure


class Plot(NamedTuple):
    """`x` and `y` say what the axes are; without an `x` the figures are bars, each group with the name that it has.

    `limit` is a line across: what is held against, and its name.
    """

    title: str
    y: str
    x: str = ""
    logarithmic: bool = False
    limit: tuple[float, str] | None = None


PLOTS = {
    "growth": Plot("One host: a scan against its containers", "ms", "containers", logarithmic=True),
    "growth-pages": Plot("One host: the 95th percentile of its pages", "ms", "containers", limit=(150, "budget")),
    "sweep-rate": Plot("Sweep of a fleet", "hosts a second"),
    "sweep-memory": Plot("Memory of a worker, sweep after sweep", "MiB", "sweep", limit=(250, "budget")),
    "event-delay": Plot("From an event to what people see", "seconds"),
    "event-cost": Plot("What one container that starts costs", "ms of a processor"),
    "years": Plot("Five years of one host in the database", "KB"),
}


def drawn(figures: Sequence[Figure]) -> dict[str, str]:
    """SVG by the name of the plot, for all that there are figures of."""
    texts = told_of(figures)
    return {name: _draw(PLOTS[name], texts[name], _series(figures, name)) for name in texts}


def told_of(figures: Sequence[Figure]) -> dict[str, str]:
    """What each plot shows, for those who do not see it: every series with its first and last, or its bars."""
    names = [name for name in PLOTS if any(figure.plot == name for figure in figures)]
    return {name: _text(PLOTS[name], _series(figures, name)) for name in names}


def _series(figures: Sequence[Figure], plot: str) -> drawing.Series:
    found: drawing.Series = {}
    for figure in figures:
        if figure.plot == plot:
            found.setdefault(figure.series, []).append((figure.x, figure.y))
    return found


def _text(plot: Plot, series: drawing.Series) -> str:
    if not plot.x:
        parts = [f"{x}, {name}: {_number(y)}" for name, points in series.items() for x, y in points]
    else:
        parts = [f"{name}: {_point(plot, points[0])}, {_point(plot, points[-1])}" for name, points in series.items()]
    return f"{plot.title}, in {plot.y}. {'; '.join(parts)}."


def _point(plot: Plot, point: tuple[float | str, float]) -> str:
    x, y = point
    return f"{_number(y)} at {plot.x} {x:,}" if plot.x == "sweep" else f"{_number(y)} at {x:,} {plot.x}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _draw(plot: Plot, text: str, series: drawing.Series) -> str:
    if not plot.x:
        return drawing.bars(plot.title, text, series, y=plot.y)
    return drawing.curves(
        plot.title, text, series, axes=(plot.x, plot.y), logarithmic=plot.logarithmic, limit=plot.limit
    )
