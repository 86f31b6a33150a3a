"""docs/performance.md, from what the benches printed."""

from __future__ import annotations

import ast
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
HEAD = """\
# What things cost, measured

Written by `make bench` on {day}, and by nothing else: to have your own figures, run it. {sizes}
All of it took {minutes:.0f} minutes. Each measurement names the floor or the peer that ran beside it; a figure in
seconds says something about one machine on one day, a ratio to its floor about the product. Machines that are shared
with others make both columns larger, the ratio much less so.

- processor: {processor}, {cores} cores
- memory: {memory} GiB
- system: {system}, Python {python}

| measurement | target | took |
|---|---|---|
{table}
"""
SHORT = "The sizes are small; `python -m bench --whole` takes the large ones."
WHOLE = "The sizes are those that the targets speak of (`python -m bench --whole`)."


class Result(NamedTuple):
    """What one bench printed, the seconds it took, and the status it ended with: 0 where its target was kept."""

    name: str
    command: str
    printed: str
    seconds: float
    status: int


def page(results: Sequence[Result], *, whole: bool) -> str:
    table = "\n".join(_row(result) for result in results)
    head = HEAD.format(
        day=datetime.now(tz=UTC).date().isoformat(),
        sizes=WHOLE if whole else SHORT,
        table=table,
        minutes=_minutes(results),
        **_machine(),
    )
    return "\n".join([head, *(_section(result) for result in results)])


def _minutes(results: Sequence[Result]) -> float:
    return sum(result.seconds for result in results) / 60


def _row(result: Result) -> str:
    kept = "**not kept**" if result.status else "kept"
    return f"| [{result.name}](#{result.name}) | {kept} | {result.seconds:.0f} s |"


def _section(result: Result) -> str:
    return f"## {result.name}\n\n{_said_of(result.name)}\n\n`python {result.command}`\n\n{_shown(result.printed)}\n"


def _said_of(name: str) -> str:
    """What the module says of itself."""
    return ast.get_docstring(ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8"))) or ""


def _shown(printed: str) -> str:
    """Tables of Markdown as such, all else as it was printed."""
    blocks: list[tuple[bool, list[str]]] = []
    for line in printed.strip("\n").splitlines():
        is_table = line.startswith("|")
        if not blocks or blocks[-1][0] != is_table:
            blocks.append((is_table, []))
        blocks[-1][1].append(line)
    return "\n\n".join(_block(lines, is_table=is_table) for is_table, lines in blocks)


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
