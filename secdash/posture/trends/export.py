"""A table as a file: the same rows as on the page, under names that do not change with the language."""

from __future__ import annotations

import csv
import io

from secdash.posture.exports.tables import harmless
from secdash.posture.trends.tables import Table


def as_csv(table: Table) -> str:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([column.key for column in table.columns])
    for row in table.rows:
        writer.writerow(["" if cell is None else harmless(cell) for cell in row])
    return written.getvalue()
