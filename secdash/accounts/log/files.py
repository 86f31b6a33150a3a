"""The log as a file, oldest first, row by row, with the digests that make it a chain."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

import orjson

from secdash.audit.models import AuditEntry, AuditQuerySet
from secdash.web.spreadsheets import Echo, harmless

CHUNK = 1000
COLUMNS = (
    "id", "at", "by", "by_name", "address", "request", "act", "kind", "key", "name", "before", "after", "previous",
    "digest",
)  # fmt: skip


def as_csv(entries: AuditQuerySet) -> Iterator[str | bytes]:
    writer = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    for entry in _rows(entries):
        row = {**entry, "before": _json(entry["before"]), "after": _json(entry["after"])}
        yield writer.writerow(["" if row[column] is None else harmless(row[column]) for column in COLUMNS])


def as_json(entries: AuditQuerySet) -> Iterator[str | bytes]:
    yield b'{"entries": ['
    for number, entry in enumerate(_rows(entries)):
        yield (b",\n" if number else b"\n") + orjson.dumps(entry)
    yield b"\n]}\n"


KINDS = {"csv": (as_csv, "text/csv"), "json": (as_json, "application/json")}


def _rows(entries: AuditQuerySet) -> Iterator[dict[str, Any]]:
    return (_told(entry) for entry in entries.in_chain().iterator(chunk_size=CHUNK))


def _told(entry: AuditEntry) -> dict[str, Any]:
    same = {name: getattr(entry, name) for name in COLUMNS if name not in ("at", "by", "id")}
    return {"id": entry.pk, "at": entry.at.isoformat(), "by": entry.by_id, **same}


def _json(value: dict[str, Any]) -> str:
    return orjson.dumps(value).decode() if value else ""
