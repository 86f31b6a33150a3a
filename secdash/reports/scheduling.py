"""Reports that come by themselves: when the next one is due, and which days it tells of."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from secdash.accounts.models import User
from secdash.audit.recording import record
from secdash.posture.scopes import Scope
from secdash.reports.models import Paper, Schedule
from secdash.reports.writing import ask

HOUR = time(6)  # of the server's clock, when the night's scans are in
MOST = 10  # schedules of one person


class TooMany(Exception):
    """The person has as many schedules as one may have."""


def next_time(every: str, after: datetime) -> datetime:
    """The first Monday, or first day of a month, at HOUR after that moment."""
    local = timezone.localtime(after)
    day = local.date()
    while True:
        found = datetime.combine(day, HOUR, tzinfo=local.tzinfo)
        if found > after and _is_first(every, day):
            return found
        day += timedelta(days=1)


def _is_first(every: str, day: date) -> bool:
    return day.weekday() == 0 if every == Schedule.Every.WEEK else day.day == 1


def days_of(every: str, day: date) -> tuple[date, date]:
    """The week or month that was over before `day`, which is a first one."""
    last = day - timedelta(days=1)
    return (day - timedelta(days=7) if every == Schedule.Every.WEEK else last.replace(day=1)), last


@transaction.atomic
def schedule(owner: User, kind: str, query: str, every: str, *, language: str, at: datetime) -> Schedule:
    """Have it come. Raises TooMany."""
    User.objects.select_for_update().get(pk=owner.pk)
    if Schedule.objects.filter(owner=owner).count() >= MOST:
        raise TooMany
    made = Schedule.objects.create(
        owner=owner,
        kind=kind,
        query=without_days(query),
        every=every,
        language=language,
        next_at=next_time(every, at),
        created_at=at,
    )
    record("report.scheduled", by=owner, on=made, after=_told(made), at=at)
    return made


@transaction.atomic
def stop(standing: Schedule, *, by: User, at: datetime) -> None:
    record("report.stopped", by=by, on=standing, before=_told(standing), at=at)
    standing.delete()


def _told(made: Schedule) -> dict[str, str]:
    return {"kind": made.kind, "every": made.every, "query": made.query, "language": made.language}


def without_days(query: str) -> str:
    read = QueryDict(query)
    scope, edition = Scope.of(read), read.get("edition", "")
    return scope.query(edition=edition)


def write_due(*, at: datetime) -> int:
    """Ask for what is due; two ticks at once ask for each once. How many."""
    asked = 0
    for due in Schedule.objects.filter(next_at__lte=at, owner__is_active=True).select_related("owner"):
        with transaction.atomic():
            claimed = Schedule.objects.filter(pk=due.pk, next_at=due.next_at)
            if claimed.update(next_at=next_time(due.every, at)):
                _ask(due, at)
                asked += 1
    return asked


def _ask(due: Schedule, at: datetime) -> Paper:
    first, last = days_of(due.every, timezone.localtime(due.next_at).date())
    days = urlencode({"since": first.isoformat(), "until": last.isoformat()})
    query = f"{due.query}&{days}" if due.query else days
    return ask(due.owner, due.kind, query, language=due.owner.reads(due.language), at=at, schedule=due)
