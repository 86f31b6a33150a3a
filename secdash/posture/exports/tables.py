"""CSV and JSON, row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import orjson

from secdash.findings.models import FindingQuerySet
from secdash.posture.exports.records import rows
from secdash.web.spreadsheets import Echo, harmless

__all__ = ["as_csv", "as_json", "harmless"]

COLUMNS = (
    "id",
    "host",
    "check",
    "title",
    "severity",
    "state",
    "subject_kind",
    "subject",
    "project",
    "image",
    "reason",
    "evidence",
    "assignee",
    "due_on",
    "opened_at",
    "changed_at",
)


def as_csv(findings: FindingQuerySet) -> Iterator[str | bytes]:
    writer = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    for row in rows(findings):
        cells = {**row, "evidence": orjson.dumps(row["evidence"]).decode()}
        yield writer.writerow([harmless(cells[column]) for column in COLUMNS])


def as_json(findings: FindingQuerySet) -> Iterator[str | bytes]:
    yield b'{"findings": ['
    for number, row in enumerate(rows(findings)):
        yield (b",\n" if number else b"\n") + orjson.dumps(row, default=str)
    yield b"\n]}\n"
