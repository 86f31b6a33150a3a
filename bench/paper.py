"""docs/performance.md, from what the benches printed and told."""

from __future__ import annotations

import ast
import os
import platform
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from bench import plots
from bench.figures import KEPT, NOT_JUDGED, OVER, Figure

HERE = Path(__file__).parent
HEAD = """\
# What things cost, measured

Written by `make bench` on {day}, and by nothing else: to have your own figures, run it. {sizes}
All of it took {minutes:.0f} minutes. Each measurement names the floor or the peer that ran beside it.

- processor: {processor}, {cores} cores
- memory: {memory} GiB
- system: {system}, Python {python}

"Not judged" is what is held against no target, most often since it ran at a smaller size than the target speaks of: it
says nothing about the target. A bench that broke off says so. The yardstick is the same piece of Python before each
bench, in milliseconds of the processor: it took {quickest:.0f} to {slowest:.0f} ms while this was measured, so much did
the speed of this machine differ by itself.

| measurement | target | took | yardstick |
|---|---|---|---|
{table}
"""
SHORT = "The sizes are small; `python -m bench --whole` takes the large ones."
WHOLE = "The sizes are those that the targets speak of (`python -m bench --whole`)."
SPREAD = """\
## How far figures differ

Measured twice in this run, one straight after the other. A time says something about one machine at one moment, its
ratio to the floor of the same run about the product: between two machines, or two hours of one that is shared, compare
ratios.

| figure | first run | second run | apart | ratios to the floor | apart |
|---|---|---|---|---|---|
{table}
"""
VERDICTS = {KEPT: "kept", OVER: "**not kept**", NOT_JUDGED: "not judged"}
BROKE_OFF = "**broke off**"


class Result(NamedTuple):
    """What one bench printed, the seconds it took, its exit status, and what `bench.figures` has of it.

    `compared`: of each of its runs, what can be held against the same of the others.
    """

    name: str
    command: str
    printed: str
    seconds: float
    status: int
    yardstick: float = 0.0
    figures: tuple[Figure, ...] = ()
    compared: tuple[tuple[Figure, ...], ...] = ()

    @property
    def verdict(self) -> str:
        return VERDICTS.get(self.status, BROKE_OFF)


def page(results: Sequence[Result], *, whole: bool) -> str:
    head = HEAD.format(
        day=datetime.now(tz=UTC).date().isoformat(),
        sizes=WHOLE if whole else SHORT,
        table="\n".join(_row(result) for result in results),
        minutes=sum(result.seconds for result in results) / 60,
        quickest=min(result.yardstick for result in results),
        slowest=max(result.yardstick for result in results),
        **_machine(),
    )
    spread = "\n".join(line for result in results for line in _differing(result))
    compared = [SPREAD.format(table=spread)] if spread else []
    return "\n".join([head, *compared, *(_section(result) for result in results)])


def _row(result: Result) -> str:
    took = f"{result.seconds:.0f} s | {result.yardstick:.0f} ms"
    return f"| [{result.name}](#{result.name}) | {result.verdict} | {took} |"


def _differing(result: Result) -> Iterator[str]:
    """A line for each figure that two runs have."""
    if len(result.compared) < 2:
        return
    first, second = ({(each.series, each.x): each.y for each in run} for run in result.compared[-2:])
    for name in dict.fromkeys(series for series, _x in first if (series, "floor") in second):
        values = first[name, "value"], second[name, "value"]
        ratios = values[0] / first[name, "floor"], values[1] / second[name, "floor"]
        shown = " | ".join(f"{value:.3g}" for value in values)
        yield f"| {name} | {shown} | {_apart(values)} | {ratios[0]:.3g} and {ratios[1]:.3g} | {_apart(ratios)} |"


def _apart(values: tuple[float, float]) -> str:
    return f"{max(values) / min(values) - 1:.0%}"


def _section(result: Result) -> str:
    drawn = "".join(f"![{text}](performance/{name}.svg)\n\n" for name, text in plots.told_of(result.figures).items())
    said = f"## {result.name}\n\n{_said_of(result.name)}\n\n`python {result.command}`"
    return f"{said}\n\n{drawn}{_shown(result.printed)}\n"


def _said_of(name: str) -> str:
    """What the module says of itself."""
    return ast.get_docstring(ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8"))) or ""


def _shown(printed: str) -> str:
    """Tables of Markdown as such, all else as it was printed; empty lines between them are nothing to show."""
    blocks: list[tuple[bool, list[str]]] = []
    for line in printed.strip("\n").splitlines():
        is_table = line.startswith("|")
        if not blocks or blocks[-1][0] != is_table:
            blocks.append((is_table, []))
        blocks[-1][1].append(line)
    shown = (_block(lines, is_table=is_table) for is_table, lines in blocks if any(map(str.strip, lines)))
    return "\n\n".join(shown)


def _block(lines: Sequence[str], *, is_table: bool) -> str:
    text = "\n".join(lines).strip("\n")
    return text if is_table else f"```text\n{text}\n```"


def _machine() -> dict[str, object]:
    processors = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": processors[0] if processors else platform.machine(),
        "cores": os.cpu_count(),
        "memory": f"{memory:.0f}",
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
    }
