"""Findings as files, row by row, exactly as the page is filtered."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from secdash.findings.models import Finding, FindingQuerySet
from secdash.posture.saying import title_of
from secdash.web.saying import said

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
    "opened_at",
    "changed_at",
)
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
CHUNK = 500


class _Echo:
    """A file for csv.writer that hands each line back."""

    def write(self, line: str) -> str:
        return line


def as_csv(findings: FindingQuerySet) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for row in _rows(findings):
        cells = {**row, "evidence": orjson.dumps(row["evidence"]).decode()}
        yield writer.writerow([harmless(cells[column]) for column in COLUMNS])


def as_json(findings: FindingQuerySet) -> Iterator[bytes]:
    yield b'{"findings": ['
    for number, row in enumerate(_rows(findings)):
        yield (b",\n" if number else b"\n") + orjson.dumps(row, default=str)
    yield b"\n]}\n"


def harmless(value: object) -> object:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value


def _rows(findings: FindingQuerySet) -> Iterator[dict[str, Any]]:
    rows: Iterable[Finding] = findings.select_related("host").worst_first().iterator(chunk_size=CHUNK)
    for finding in rows:
        yield {
            "id": finding.pk,
            "host": finding.host.name,
            "check": finding.check_name,
            "title": title_of(finding.check_name),
            "severity": finding.level.word,
            "state": finding.state,
            "subject_kind": finding.subject_kind,
            "subject": finding.subject_name,
            "project": finding.project,
            "image": finding.image,
            "reason": said(finding.message),
            "evidence": dict(finding.evidence),
            "opened_at": finding.opened_at.isoformat(),
            "changed_at": finding.changed_at.isoformat(),
        }
