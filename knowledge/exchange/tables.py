"""Tables that people draw with arrows (`name ---> value`), as Markdown tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from knowledge.exchange.account import Account
from knowledge.exchange.lines import Line

ARROW = re.compile(r"(?<!-)-{2,}>")
OTHER = re.compile(r"[ ]{4}|[ ]*(?:[-*+>|#][ \t]|\d+[.)][ \t])|.*<!--")
BAR = re.compile(r"(?<!\\)\|")


def turned(lines: Sequence[Line], account: Account) -> list[Line]:
    """Two rows or more in a run are a table, whose first row is its head; one alone stays a line of text."""
    out: list[Line] = []
    for is_row, run in groupby(lines, key=_is_row):
        rows = list(run)
        out += _table(rows, out, account) if is_row and len(rows) > 1 else rows
    return out


def _is_row(line: Line) -> bool:
    return not line.code and bool(ARROW.search(line.text)) and not OTHER.match(line.text)


def _table(rows: Sequence[Line], before: Sequence[Line], account: Account) -> Iterator[Line]:
    cells = [_cells(row.text) for row in rows]
    width = max(map(len, cells))
    if before and not before[-1].blank:
        yield Line(rows[0].number, "")
    for at, (row, values) in enumerate(zip(rows, cells, strict=True)):
        text = f"| {' | '.join(values + [''] * (width - len(values)))} |"
        account.changed(row.number, "table", row.text, text)
        yield Line(row.number, text)
        if at == 0:
            yield Line(row.number, f"|{'---|' * width}")
    yield Line(rows[-1].number, "")


def _cells(text: str) -> list[str]:
    return [BAR.sub(r"\\|", cell.strip()) for cell in ARROW.split(text)]
