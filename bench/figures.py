"""What a bench says beside what it prints: how it ended, and figures to draw and to compare.

How it ended is its exit status (`sys.exit(verdict(...))`), the same for people, scripts and the paper. A run of another
size than its target speaks of proves nothing about the target, and does not say that it was kept.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

FILE = "SECDASH_BENCH_FIGURES"  # names the file that figures are written to; where it is not set they are not
KEPT, OVER, NOT_JUDGED = 0, 3, 4  # all else that a process ends with: it broke off
SPREAD = "spread"  # of these a bench that is run twice says how far they differ


class Figure(NamedTuple):
    """A point of a plot, or a bar where `x` is a name."""

    plot: str
    series: str
    x: float | str
    y: float


def verdict(*, kept: bool, judged: bool = True) -> int:
    """`judged`: whether the run had the size that its target speaks of."""
    if not judged:
        print("not judged at this size")
        return NOT_JUDGED
    return KEPT if kept else OVER


def tell(plot: str, series: str, x: float | str, y: float) -> None:
    if name := os.environ.get(FILE):
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(Figure(plot, series, x, y)) + "\n")


def compare(what: str, value: float, floor: float | None = None) -> None:
    """To be held against the same of a second run, as it is and as a ratio to its floor (else to the yardstick)."""
    tell(SPREAD, what, "value", value)
    tell(SPREAD, what, "floor", yardstick() if floor is None else floor)


def told(path: Path) -> list[Figure]:
    lines: Iterable[str] = path.read_text(encoding="utf-8").splitlines() if path.exists() else ()
    return [Figure(*json.loads(line)) for line in lines]


def yardstick() -> float:
    """Milliseconds of the processor's time for the same piece of Python, whatever is measured: the machine's speed."""
    return min(_worked() for _ in range(5))


def _worked() -> float:
    began = time.process_time()
    rows = [{"name": f"container-{number}", "labels": {"number": number * 7919 % 1009}} for number in range(10_000)]
    rows.sort(key=lambda row: str(row["labels"]))
    assert len(json.loads(json.dumps(rows))) == 10_000
    return (time.process_time() - began) * 1000
