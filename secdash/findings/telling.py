"""Adding to the history of findings what was set of them, in the transaction that sets it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from secdash.accounts.models import User
from secdash.findings.models import FindingEvent

BATCH = 1000
Kind = FindingEvent.Kind


def tell_assigned(before: Mapping[int, int | None], assignee: User | None, *, by: User, at: datetime) -> None:
    """`before`: whose each finding was. Those that stay whose they were have nothing to tell."""
    now = assignee.pk if assignee else None
    changed = {finding: was for finding, was in before.items() if was != now}
    people = User.objects.in_bulk({was for was in changed.values() if was})
    names = {pk: person.display_name for pk, person in people.items()}
    name = assignee.display_name if assignee else ""
    _write(Kind.ASSIGNED, ((finding, names.get(was or 0, ""), name) for finding, was in changed.items()), by=by, at=at)


def tell_due(
    before: Mapping[int, date | None], day: date | None, *, by: User, at: datetime, kind: str = Kind.DUE
) -> None:
    """`before`: which day each finding had."""
    rows = ((finding, _text(was), _text(day)) for finding, was in before.items() if was != day)
    _write(kind, rows, by=by, at=at)


def _write(kind: str, rows: Iterable[tuple[int, str, str]], *, by: User, at: datetime) -> None:
    name = by.display_name
    events = (
        FindingEvent(finding_id=finding, kind=kind, was=was, now=now, by=by, by_name=name, at=at)
        for finding, was, now in rows
    )
    FindingEvent.objects.bulk_create(events, batch_size=BATCH)


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""
