"""The scale of scores as it is drawn: which letter a figure earns, where the letters and ticks of the rule stand."""

from __future__ import annotations

from typing import NamedTuple


class Band(NamedTuple):
    """One letter of the scale: it begins at `low` and ends where the next one begins."""

    letter: str
    low: int
    high: int

    @property
    def css(self) -> str:
        return self.letter.lower()

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2


BANDS: tuple[Band, ...] = (
    Band("E", 0, 60),
    Band("D", 60, 70),
    Band("C", 70, 80),
    Band("B", 80, 90),
    Band("A", 90, 100),
)
LONG_TICKS = (0, 60, 70, 80, 90, 100)


class Tick(NamedTuple):
    at: str
    size: str
    label: str
    anchor: str


def band_of(score: float) -> Band:
    return next(band for band in reversed(BANDS) if score >= band.low)


def percent(value: float) -> str:
    """A length for SVG, always with a point, whatever the reader's language writes."""
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"


def clamp(score: float) -> float:
    return min(100.0, max(0.0, score))


def ticks(*, narrow: bool) -> list[Tick]:
    """One tick each 5; the letters' borders are longer and carry their number (every second one when narrow)."""
    written = (0, 60, 80, 100) if narrow else LONG_TICKS
    return [_tick(at, written) for at in range(0, 101, 5)]


def _tick(at: int, written: tuple[int, ...]) -> Tick:
    anchor = {0: "start", 100: "end"}.get(at, "")
    long = at in LONG_TICKS
    return Tick(percent(at), "" if long else "s", str(at) if at in written else "", anchor)
