"""The evidence as a file: a row for each finding and each statement of people, whole and streamed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import orjson

from secdash.accounts.models import User
from secdash.checks.benchmark import Item, items
from secdash.findings.access import findings_for
from secdash.posture.exports.records import CHUNK
from secdash.reports.asked import Asked
from secdash.reports.evidence import Evidence, Held, end_of, stood, with_acceptances
from secdash.web.saying import said
from secdash.web.spreadsheets import Echo, harmless

COLUMNS = (
    "edition", "item", "title", "check", "host", "subject_kind", "subject", "state", "since", "evidence",
    "accepted_by", "accepted_until", "accepted_because", "attested_by", "attested_until", "attested_note",
)  # fmt: skip


def as_csv(user: User, asked: Asked, found: Evidence, *, now: datetime) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    for row in rows(user, asked, found, now=now):
        cells = {**dict.fromkeys(COLUMNS, ""), **row}
        yield writer.writerow([harmless(cells[column]) for column in COLUMNS])


def rows(user: User, asked: Asked, found: Evidence, *, now: datetime) -> Iterator[dict[str, Any]]:
    """Item by item in the order of the book."""
    at = min(end_of(asked.until), now)
    for item in items(asked.edition):
        head = {"edition": asked.edition, "item": item.number, "title": said(item.label)}
        for check in item.checks:
            yield from ({**head, **_finding(held)} for held in _standing(user, asked, check, at, now))
    for line in found.lines:
        yield from _statements(asked, line.item, line.words)


def _standing(user: User, asked: Asked, check: str, at: datetime, now: datetime) -> Iterator[Held]:
    found = findings_for(user).filter(host__in=asked.scope.hosts(user), check_name=check)
    standing = stood(found, at, now).select_related("host").order_by("host__name", "subject_name", "pk")
    waiting = standing.iterator(chunk_size=CHUNK)
    while chunk := list(islice(waiting, CHUNK)):
        yield from with_acceptances(chunk)


def _finding(held: Held) -> dict[str, Any]:
    finding, acceptance = held
    row = {
        "check": finding.check_name,
        "host": finding.host.name,
        "subject_kind": finding.subject_kind,
        "subject": finding.subject_name,
        "state": getattr(finding, "stood_in", finding.state),
        "since": finding.opened_at.isoformat(),
        "evidence": orjson.dumps(dict(finding.evidence)).decode(),
    }
    if acceptance is None:
        return row
    until = acceptance.until.isoformat() if acceptance.until else ""
    accepted = {"accepted_by": acceptance.by_name, "accepted_until": until, "accepted_because": acceptance.reason}
    return row | accepted


def _statements(asked: Asked, item: Item, words: list[Any]) -> Iterator[dict[str, Any]]:
    for host, word in words:
        statement = word.attestation
        yield {
            "edition": asked.edition,
            "item": item.number,
            "title": said(item.label),
            "host": host.name,
            "state": word.status.value,
            "since": statement.at.isoformat(),
            "evidence": statement.evidence,
            "attested_by": statement.by_name,
            "attested_until": statement.until.isoformat() if statement.until else "",
            "attested_note": statement.note,
        }
