"""The list of hosts as a file, row by row, exactly as the page is filtered and sorted."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

import orjson

from secdash.accounts.models import User
from secdash.fleet.models import Host
from secdash.posture.exports.tables import harmless
from secdash.posture.hosts import Row, fetched
from secdash.scans.models import SEVERITIES

CHUNK = 500
COLUMNS = (
    "name", "group", "tags", "environment", "owner", "state", "seen_at", "score", "assessed", "containers",
    "engine_version", *reversed(SEVERITIES), "accepted",
)  # fmt: skip


class _Echo:
    """A file for csv.writer that hands each line back."""

    def write(self, line: str) -> str:
        return line


def as_csv(user: User, rows: list[Row]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for host in _hosts(user, rows):
        yield writer.writerow([harmless(_cell(host[column])) for column in COLUMNS])


def as_json(user: User, rows: list[Row]) -> Iterator[bytes]:
    yield b'{"hosts": ['
    for number, host in enumerate(_hosts(user, rows)):
        yield (b",\n" if number else b"\n") + orjson.dumps(host)
    yield b"\n]}\n"


def _cell(value: object) -> object:
    return " ".join(value) if isinstance(value, list) else "" if value is None else value


def _hosts(user: User, rows: list[Row]) -> Iterator[dict[str, Any]]:
    for some in _chunks(rows):
        by_pk = {row.pk: row for row in some}
        for host in fetched(user, some):
            yield record_of(host, by_pk[host.pk])


def _chunks(rows: list[Row]) -> Iterator[list[Row]]:
    return (rows[first : first + CHUNK] for first in range(0, len(rows), CHUNK))


def record_of(host: Host, row: Row) -> dict[str, Any]:
    stand = row.stand
    return {
        "name": host.name,
        "group": row.group,
        "tags": [tag.name for tag in host.tags.all()],
        "environment": host.environment,
        "owner": host.owner,
        "state": host.state,
        "seen_at": host.seen_at.isoformat() if host.seen_at else None,
        "score": stand.score if stand else None,
        "assessed": stand.assessed if stand else None,
        "containers": stand.containers if stand else None,
        "engine_version": stand.engine_version if stand else "",
        **dict(zip(SEVERITIES, row.weight.open, strict=True)),
        "accepted": sum(row.weight.accepted),
    }
