"""What is let go of as time passes, and when (docs/operations.md has the table). Kept days of hosts outlive it all.

Scans and transitions are thinned day by day, the oldest first; the day that is reached is kept in a row, so that each
run goes on where the last one stopped and none reads what it has thinned before. A batch is one short transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from secdash.batches import Deleting, delete_some, in_turns
from secdash.checks.engine import catalogue_version
from secdash.findings.models import Acceptance, BulkAct, Finding, Receipt, State, Transition
from secdash.fleet.models import Host
from secdash.scans.models import Rejudged, Scan, Snapshot, Thinned
from secdash.scans.rejudging import DAYS as REJUDGED_DAYS

SECONDS = 60.0  # of one run
OVER = (Scan.State.DONE, Scan.State.FAILED)
FRESH = timedelta(hours=1)  # a snapshot that nothing refers to yet may belong to a transaction under way
DAY = timedelta(days=1)


def run(*, at: datetime, seconds: float = SECONDS) -> int:
    """Let go of what is old, for so long at most; how many rows. 0 says that all is done."""
    return in_turns(steps(at), seconds=seconds)


def steps(at: datetime) -> list[Deleting]:
    history = at - timedelta(days=settings.KEEP_HISTORY)
    return [
        partial(thin_scans, (at - timedelta(days=settings.KEEP_SCANS)).date()),
        partial(thin_transitions, history.date()),
        partial(forget_snapshots, at - timedelta(days=settings.KEEP_SNAPSHOTS)),
        partial(forget_unused_snapshots, at - FRESH),
        partial(delete_some, old_scans(history)),
        partial(delete_some, resolved_long_ago(history)),
        partial(delete_some, Receipt.objects.filter(at__lt=history).order_by("pk")),
        partial(delete_some, BulkAct.objects.filter(at__lt=history).exclude(state__in=BulkAct.ACTIVE).order_by("pk")),
        partial(delete_some, superseded(at.date())),
        partial(delete_some, Session.objects.filter(expire_date__lt=at).order_by("expire_date")),
    ]


# --- scans ----------------------------------------------------------------------------------------------------------


def thin_scans(until: date, most: int) -> int:
    """Of the days before this one, of each host the last scan that was done stays."""
    return _day_by_day("scans", until, most, _first_scan, _spare_scans)


def _first_scan() -> datetime | None:
    first: datetime | None = Scan.objects.filter(state__in=OVER).aggregate(first=Min("finished_at"))["first"]
    return first


def _spare_scans(day: date) -> QuerySet[Scan]:
    that_day = Scan.objects.filter(state__in=OVER, finished_at__gte=_start(day), finished_at__lt=_start(day + DAY))
    last = that_day.filter(state=Scan.State.DONE).order_by().values("host").annotate(last=Max("pk")).values("last")
    return that_day.exclude(pk__in=list(last.values_list("last", flat=True))).order_by("pk")


def old_scans(before: datetime) -> QuerySet[Scan]:
    """But for the newest of each host, which says how it stands."""
    return Scan.objects.filter(state__in=OVER, finished_at__lt=before).exclude(pk__in=_newest()).order_by("finished_at")


def _newest() -> QuerySet[Any, Any]:
    """The newest scan of each host that was done."""
    of_host = Scan.objects.filter(host=OuterRef("pk"), state=Scan.State.DONE).newest_first().values("pk")[:1]
    return Host.objects.order_by().annotate(newest=Subquery(of_host)).filter(newest__isnull=False).values("newest")


# --- snapshots ------------------------------------------------------------------------------------------------------


def forget_snapshots(before: datetime, most: int) -> int:
    """Scans that old lose theirs, but for the newest of each host."""
    old = Scan.objects.filter(state=Scan.State.DONE, finished_at__lt=before, snapshot__isnull=False)
    chosen = list(old.exclude(pk__in=_newest()).order_by("finished_at").values_list("pk", flat=True)[:most])
    return Scan.objects.filter(pk__in=chosen).update(snapshot=None) if chosen else 0


def forget_unused_snapshots(before: datetime, most: int) -> int:
    used = (table.objects.filter(snapshot=OuterRef("pk")) for table in (Scan, Rejudged))
    rows = Snapshot.objects.filter(created_at__lt=before)
    for each in used:
        rows = rows.filter(~Exists(each))
    return delete_some(rows.order_by("pk"), most)


# --- findings -------------------------------------------------------------------------------------------------------


def thin_transitions(until: date, most: int) -> int:
    """Of what happened to a finding before this day, the last stays: it says how the finding stood since."""
    return _day_by_day("transitions", until, most, _first_transition, _spare_transitions)


def history_begins(today: date) -> date:
    """The first day at whose end is known how each finding stood: none from before was let go of."""
    reached = Thinned.objects.filter(what="transitions").values_list("day", flat=True).first()
    return max(today - timedelta(days=settings.KEEP_HISTORY), reached or date.min)


def _first_transition() -> datetime | None:
    first: datetime | None = Transition.objects.aggregate(first=Min("at"))["first"]
    return first


def _spare_transitions(day: date) -> QuerySet[Transition]:
    """Those that another one of that day follows. Earlier days were thinned, so that few are before it."""
    that_day = Transition.objects.filter(at__gte=_start(day), at__lt=_start(day + DAY))
    later = that_day.filter(finding=OuterRef("finding")).filter(
        Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
    )
    of_those = Transition.objects.filter(at__lt=_start(day + DAY), finding__in=that_day.order_by().values("finding"))
    return of_those.filter(Exists(later)).order_by("pk")


def resolved_long_ago(before: datetime) -> QuerySet[Finding]:
    """With their history. One that a standing acceptance is about stays, and so what it may come back to."""
    standing = Acceptance.objects.filter(finding=OuterRef("pk"), ended_at=None)
    rows = Finding.objects.filter(state=State.RESOLVED, opened_at__lt=before, changed_at__lt=before)
    return rows.filter(~Exists(standing)).order_by("opened_at")


# --- days judged again ----------------------------------------------------------------------------------------------


def superseded(today: date) -> QuerySet[Rejudged]:
    """Of days further back than is judged again, or judged by the present catalogue since."""
    version = catalogue_version()
    present = Rejudged.objects.filter(host=OuterRef("host"), day=OuterRef("day"), catalogue_version=version)
    old = Q(day__lt=today - timedelta(days=REJUDGED_DAYS))
    return Rejudged.objects.filter(old | (~Q(catalogue_version=version) & Exists(present))).order_by("pk")


# --- day by day -----------------------------------------------------------------------------------------------------


def _day_by_day(
    what: str, until: date, most: int, first: Callable[[], datetime | None], spare: Callable[[date], QuerySet[Any]]
) -> int:
    """A batch of the day that is reached, or of the first one after it that has any."""
    row = Thinned.objects.filter(what=what).first()
    if row is None:
        row, _made = Thinned.objects.get_or_create(what=what, defaults={"day": _day_of(first()) or until})
    for day in _days(row.day, until):
        if number := delete_some(spare(day), most):
            return number
        Thinned.objects.filter(what=what, day__lte=day).update(day=day + DAY)
    return 0


def _days(first: date, until: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((until - first).days))


def _day_of(at: datetime | None) -> date | None:
    return timezone.localtime(at).date() if at else None


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())
