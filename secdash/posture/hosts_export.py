"""The list of hosts as a file, row by row, exactly as the page is filtered and sorted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from secdash.accounts.models import User
from secdash.fleet.models import Host
from secdash.posture.exports.sheets import Sheet
from secdash.posture.hosts import Row, fetched
from secdash.scans.models import SEVERITIES
from secdash.web.words import SEVERITY_WORDS

CHUNK = 500
COLUMNS = (
    "name", "group", "tags", "environment", "owner", "state", "seen_at", "score", "assessed", "containers",
    "engine_version", *reversed(SEVERITIES), "accepted",
)  # fmt: skip


def sheet(user: User, rows: list[Row]) -> Sheet:
    headings = {
        "name": _("Host"),
        "group": _("Group"),
        "score": _("Score"),
        "critical": str(SEVERITY_WORDS["critical"]),
        "high": str(SEVERITY_WORDS["high"]),
        "medium": str(SEVERITY_WORDS["medium"]),
        "low": str(SEVERITY_WORDS["low"]),
        "seen_at": _("Seen"),
    }
    return Sheet("hosts", _("Hosts"), COLUMNS, headings, _hosts(user, rows))


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
