"""`make bench`: every measurement, each in a process of its own, written down in docs/performance.md with its plots.

Sizes are meant for a quarter of an hour on two idle cores; `python -m bench --whole` takes those that the targets speak
of, which takes some two hours. `python -m bench scan judge` runs those alone and writes nothing, unless `--into FOLDER`
says where to.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench import figures, plots
from bench.paper import VERDICTS, Result, page
from secdash.environment import BASE

PAPER, FOLDER = "performance.md", "performance"  # of docs; the plots lie in the folder


class Bench(NamedTuple):
    """A module of this package; its arguments for a short run, and for one of the size that its target speaks of.

    What takes seconds is run twice, so that the paper can say how far two runs differ.
    """

    name: str
    short: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    times: int = 1


BENCHES = (
    Bench("collect", times=2),
    Bench("scan"),
    Bench("one_host"),
    Bench("judge", times=2),
    Bench("deep"),
    Bench("lies", ("1000",)),
    Bench(
        "sweep",
        ("100", "20", "--sweeps", "2"),
        ("1000", "20", "--workers", "1,2,4", "--latency", "0,20", "--rows", "--empty"),
    ),
    Bench("events", ("200", "10", "20"), ("1000", "50", "30")),
    Bench("open_pages", ("200", "10", "200"), ("1000", "20", "1000")),
    Bench("pages"),
    Bench("guide"),
    Bench("search"),
    Bench("fleet", ("50", "30"), ("1000", "200")),
    Bench("years", ("3",), ("10", "20")),
)


def run(bench: Bench, *, whole: bool) -> Result:
    """The last of its runs; what it lets be compared is that of all of them, and it is over where one of them is."""
    runs = [_run(bench, bench.whole if whole else bench.short) for _ in range(bench.times)]
    compared = tuple(tuple(each for each in one.figures if each.plot == figures.SPREAD) for one in runs)
    worst = next((one.status for one in runs if one.status), 0)
    return runs[-1]._replace(compared=compared, status=worst, seconds=sum(one.seconds for one in runs))


def _run(bench: Bench, words: Sequence[str]) -> Result:
    command = ["-m", f"bench.{bench.name}", *words]
    print(f"\n== python {' '.join(command)}", flush=True)
    yardstick, begun, lines = figures.yardstick(), time.monotonic(), []
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "figures"
        environment = {**os.environ, figures.FILE: str(path)}
        with subprocess.Popen(
            [sys.executable, *command], stdout=subprocess.PIPE, text=True, env=environment
        ) as running:
            assert running.stdout is not None
            for line in running.stdout:
                print(line, end="", flush=True)
                lines.append(line)
        told = tuple(figures.told(path))
    seconds = time.monotonic() - begun
    return Result(bench.name, " ".join(command), "".join(lines), seconds, running.returncode, yardstick, told)


def write(results: Sequence[Result], folder: Path, *, whole: bool) -> None:
    """The paper, and beside it its plots; one that nothing was measured for is taken away."""
    drawn = folder / FOLDER
    drawn.mkdir(parents=True, exist_ok=True)
    for old in drawn.glob("*.svg"):
        old.unlink()
    for name, svg in plots.drawn([figure for result in results for figure in result.figures]).items():
        (drawn / f"{name}.svg").write_text(svg, encoding="utf-8")
    (folder / PAPER).write_text(page(results, whole=whole), encoding="utf-8")


def main(asked: argparse.Namespace) -> int:
    results = [run(bench, whole=asked.whole) for bench in BENCHES if not asked.names or bench.name in asked.names]
    into = asked.into or (None if asked.names else BASE / "docs")
    if into:
        write(results, into, whole=asked.whole)
    by_verdict: dict[str, list[str]] = {}
    for result in results:
        by_verdict.setdefault(result.verdict, []).append(result.name)
    print("\n" + "\n".join(f"{verdict}: {', '.join(names)}" for verdict, names in by_verdict.items()))
    return 0 if by_verdict.keys() <= {VERDICTS[figures.KEPT], VERDICTS[figures.NOT_JUDGED]} else 1


def told() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of a bench; all where there is none")
    parser.add_argument("--whole", action="store_true", help="the sizes that the targets speak of")
    parser.add_argument("--into", type=Path, help="a folder for the paper and its plots")
    asked = parser.parse_args()
    if unknown := set(asked.names) - {bench.name for bench in BENCHES}:
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    return asked


if __name__ == "__main__":
    sys.exit(main(told()))
