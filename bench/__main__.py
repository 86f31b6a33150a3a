"""`make bench`: every measurement, each in a process of its own, written down in docs/performance.md.

Sizes are meant for a quarter of an hour on two idle cores; on busy ones it took 17 minutes.
`python -m bench --whole` takes the sizes that the targets speak of, which takes some two hours; `python -m bench scan
judge` runs those alone and writes nothing.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

from bench.paper import Result, page
from secdash.environment import BASE

PAPER = BASE / "docs" / "performance.md"


class Bench(NamedTuple):
    """A module of this package; its arguments for a short run, and for one of the size that its target speaks of."""

    name: str
    short: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()


BENCHES = (
    Bench("collect"),
    Bench("scan"),
    Bench("one_host", ("100", "500"), ("100",)),
    Bench("judge"),
    Bench("deep"),
    Bench("lies", ("1000",)),
    Bench(
        "sweep",
        ("100", "20", "--sweeps", "2"),
        ("1000", "20", "--workers", "1,2,4", "--latency", "0,20", "--rows", "--empty"),
    ),
    Bench("events", ("200", "10", "20"), ("1000", "50", "20")),
    Bench("open_pages", ("200", "10", "200"), ("1000", "20", "1000")),
    Bench("pages"),
    Bench("guide"),
    Bench("search"),
    Bench("fleet", ("50", "30"), ("1000", "200")),
    Bench("years", ("3",), ("10", "20")),
)


def run(bench: Bench, *, whole: bool) -> Result:
    words = bench.whole if whole else bench.short
    command = ["-m", f"bench.{bench.name}", *words]
    print(f"\n== python {' '.join(command)}", flush=True)
    begun, lines = time.monotonic(), []
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    return Result(bench.name, " ".join(command), "".join(lines), time.monotonic() - begun, running.returncode)


def main(words: Sequence[str]) -> int:
    names = [word for word in words if not word.startswith("-")]
    whole = "--whole" in words
    results = [run(bench, whole=whole) for bench in BENCHES if not names or bench.name in names]
    if not names:
        PAPER.write_text(page(results, whole=whole), encoding="utf-8")
    over = [result.name for result in results if result.status]
    print(f"\nover its target: {', '.join(over)}" if over else "\nall within their targets")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
