"""The benchmark's table as a file, with the lines that the page shows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import orjson

from secdash.posture.asked import Asked
from secdash.posture.benchmark import Line, Page, answered_by
from secdash.posture.exports.tables import harmless
from secdash.web.saying import said

COLUMNS = (
    "edition",
    "number",
    "item",
    "level",
    "level_is",
    "profile",
    "tag",
    "answered_by",
    "checks",
    "name",
    "host",
    "status",
    "hosts_pass",
    "hosts_fail",
    "hosts_unknown",
    "hosts_not_applicable",
    "attested",
    "attestations_ended",
    "attested_by",
    "attested_at",
    "attested_until",
    "note",
    "reason",
)


def as_csv(page: Page, asked: Asked) -> str:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for row in _rows(page, asked):
        cells = {**row, "level": "+".join(map(str, row["level"])), "checks": " ".join(row["checks"])}
        writer.writerow([harmless(cells[column]) for column in COLUMNS])
    return written.getvalue()


def as_json(page: Page, asked: Asked) -> bytes:
    return orjson.dumps(record_of(page, asked), option=orjson.OPT_INDENT_2)


def record_of(page: Page, asked: Asked) -> dict[str, Any]:
    """`hosts` are the names of those counted; `as_of` is the newest look at one of them."""
    return {
        "edition": asked.edition,
        "hosts": [host.name for host in page.scanned],
        "never_scanned": page.unscanned,
        "as_of": page.as_of.isoformat() if page.as_of else None,
        "items": list(_rows(page, asked)),
    }


def _rows(page: Page, asked: Asked) -> Iterator[dict[str, Any]]:
    host = page.only.name if page.only else ""
    for line in page.lines:
        yield {"edition": asked.edition, **_item(line), "host": host, **_hosts(line), **_word(line)}


def _item(line: Line) -> dict[str, Any]:
    item = line.item
    return {
        "number": item.number,
        "item": said(item.label),
        "level": list(item.levels),
        "level_is": item.level_is.value,
        "profile": item.profile,
        "tag": "automated" if item.automated else "manual",
        "answered_by": answered_by(item),
        "checks": list(item.checks),
        "name": item.manual.name if item.manual else "",
    }


def _hosts(line: Line) -> dict[str, Any]:
    counts = line.hosts
    return {
        "status": line.only.status.value if line.only else "",
        "hosts_pass": counts.passed,
        "hosts_fail": counts.failed,
        "hosts_unknown": counts.unknown,
        "hosts_not_applicable": counts.not_applicable,
        "attested": line.attested,
        "attestations_ended": line.ended,
    }


def _word(line: Line) -> dict[str, str]:
    """What a person said of the one host, where one was chosen, and why nothing is known."""
    statement = line.only.attestation if line.only else None
    reason = line.only.reason if line.only else line.item.reason
    return {
        "attested_by": statement.by_name if statement else "",
        "attested_at": statement.at.isoformat() if statement else "",
        "attested_until": statement.until.isoformat() if statement and statement.until else "",
        "note": statement.note if statement else "",
        "reason": said(reason),
    }
