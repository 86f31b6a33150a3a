"""The list of acceptances as a file, with what each of them holds, as its page is narrowed and sorted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from secdash.accounts.models import User
from secdash.findings.models import Acceptance
from secdash.posture import acceptances
from secdash.posture.acceptances import Line
from secdash.posture.exports.sheets import Sheet
from secdash.posture.saying import title_of

CHUNK = 500
COLUMNS = (
    *("id", "state", "check", "title", "scope", "covers", "host", "group", "project", "image", "subject", "chosen"),
    *("reason", "until", "by", "at", "decided_by", "decided_at", "answer", "ended", "ended_at", "ended_by"),
    *("findings", "hosts", "worst"),
)


def sheet(user: User, *, tab: str, order: str, today: date) -> Sheet:
    headings = {
        "id": _("Number"),
        "title": _("Check"),
        "host": _("Host"),
        "reason": _("Reason"),
        "by": pgettext("a person", "By"),
        "until": _("Last day"),
        "findings": _("Findings"),
        "state": _("State"),
    }
    rows = _rows(user, tab, order, today)
    return Sheet("acceptances", _("Acceptances"), COLUMNS, headings, rows)


def _rows(user: User, tab: str, order: str, today: date) -> Iterator[dict[str, Any]]:
    """A few queries for each CHUNK; no more than that is kept."""
    found = acceptances.rows(user, tab=tab, order=order, today=today).iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        for line in acceptances.lines(user, chunk, today):
            yield record_of(line)


def record_of(line: Line) -> dict[str, Any]:
    given = line.acceptance
    return {
        "id": given.pk,
        "state": given.state,
        "scope": given.scope,
        "covers": given.covers,
        **_about(given),
        "chosen": line.chosen,
        "reason": given.reason,
        "until": given.until.isoformat() if given.until else None,
        **_people(given),
        "findings": line.holds.findings,
        "hosts": line.holds.hosts,
        "worst": line.holds.worst.word if line.holds.worst is not None else None,
    }


def _about(given: Acceptance) -> dict[str, Any]:
    finding = given.finding
    host = finding.host if finding else given.host
    return {
        "check": given.check_name,
        "title": title_of(given.check_name) if given.check_name else "",
        "host": host.name if host else "",
        "group": given.group.name if given.group else "",
        "project": given.project,
        "image": given.image,
        "subject": finding.subject_name if finding else "",
    }


def _people(given: Acceptance) -> dict[str, Any]:
    return {
        "by": given.by_name,
        "at": given.at.isoformat(),
        "decided_by": given.decided_by_name,
        "decided_at": _moment(given.decided_at),
        "answer": given.answer,
        "ended": given.ended,
        "ended_at": _moment(given.ended_at),
        "ended_by": given.ended_by.display_name if given.ended_by else "",
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
