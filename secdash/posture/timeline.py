"""What happened on a host, newest first: scans and what they moved, acceptances, silence, another Engine, settings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import NamedTuple

from django.db.models import Count, Max, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from secdash.accounts.models import User
from secdash.checks.outcome import Severity
from secdash.findings.models import Transition, Why
from secdash.fleet.models import Host
from secdash.posture.timeline_scans import Told, tell
from secdash.posture.timeline_settings import Setting, settings_changed
from secdash.scans.models import Scan

DAYS = 14  # on a page
SCANS, ACCEPTANCES, SETTINGS = "scans", "acceptances", "settings"
KINDS: Mapping[str, Promise] = {
    SCANS: pgettext_lazy("timeline", "Scans"),
    ACCEPTANCES: pgettext_lazy("timeline", "Acceptances"),
    SETTINGS: pgettext_lazy("timeline", "Settings"),
}
OPENED = (Why.SEEN, Why.REOPENED)
RESOLVED = (Why.FIXED, Why.GONE)
BEGUN = (Why.ACCEPTED,)


class Moved(NamedTuple):
    """What one scan changed."""

    opened: tuple[tuple[Severity, int], ...]  # worst first
    resolved: int

    @property
    def opened_total(self) -> int:
        return sum(count for _, count in self.opened)


class Event(NamedTuple):
    """`kind`: scan, quiet, failed, engine, catalogue, accepted, returned, registered or setting."""

    kind: str
    at: datetime
    told: Told | None = None
    moved: Moved | None = None
    acceptance: int | None = None
    why: str = ""
    number: int = 0
    seen_at: datetime | None = None  # when the host was seen last, where scans failed
    setting: Setting | None = None


class Timeline(NamedTuple):
    """One page: the days that have something to tell. `older` and `newer` are last days of the pages beside it.

    `only` is one of KINDS, or "" for all.
    """

    first: date
    last: date
    days: list[tuple[date, list[Event]]]
    older: date | None
    newer: date | None
    only: str = ""


def timeline(host: Host, until: date, *, now: datetime, reader: User | None = None, only: str = "") -> Timeline:
    """Seven queries at most, for the fourteen days that end with `until`. Settings are told to a reader alone."""
    today = timezone.localdate(now)
    last = min(until, today)
    first = last - timedelta(days=DAYS - 1)
    only = only if only in KINDS else ""
    asked = (only,) if only else tuple(KINDS)
    within = _midnight(first), _midnight(last + timedelta(days=1))
    events = sorted(_events(host, *within, reader, asked), key=lambda event: event.at)
    days = groupby(reversed(events), key=lambda event: timezone.localdate(event.at))
    return Timeline(
        first=first,
        last=last,
        days=[(day, list(found)) for day, found in days],
        older=first - timedelta(days=1) if timezone.localdate(host.created_at) < first else None,
        newer=min(last + timedelta(days=DAYS), today) if last < today else None,
        only=only,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())


def _events(
    host: Host, since: datetime, until: datetime, reader: User | None, asked: Collection[str]
) -> Iterator[Event]:
    if SCANS in asked or ACCEPTANCES in asked:
        moved, decided = _transitions(host, since, until)
        yield from decided if ACCEPTANCES in asked else ()
        yield from _scans(host, since, until, moved) if SCANS in asked else ()
    if SETTINGS in asked:
        yield from _settings(host, since, until, reader)


def _settings(host: Host, since: datetime, until: datetime, reader: User | None) -> Iterator[Event]:
    if since <= host.created_at < until:
        yield Event("registered", host.created_at)
    if reader is not None:
        for each in settings_changed(host, reader, since, until):
            yield Event("setting", each.at, setting=each)


def _scans(host: Host, since: datetime, until: datetime, moved: Mapping[int, Moved]) -> Iterator[Event]:
    over = Scan.objects.filter(host=host, created_at__lt=until).exclude(state__in=Scan.ACTIVE)
    over = over.select_related("requested_by").defer("tally", "timings", "statuses")
    still = Q(trigger=Scan.Trigger.LIVE) & ~Q(pk__in=list(moved))  # between scans it is told only what moved
    found = list(over.filter(created_at__gte=since).exclude(still).order_by("created_at", "pk"))
    before = over.filter(created_at__lt=since, state=Scan.State.DONE).newest_first().first()
    for told in tell(found, before, moved.keys()):
        if told.kind == "failed":
            yield Event("failed", told.at, told, seen_at=_seen_before(host, told))
        else:
            yield Event(told.kind, told.at, told, moved.get(told.scan.pk) if told.kind == "scan" else None)


def _seen_before(host: Host, told: Told) -> datetime | None:
    """By the finished scan before, or by what the host says of itself, where that is still from before."""
    finished = told.before.finished_at if told.before else None
    own = host.seen_at if host.seen_at and host.seen_at < told.since else None
    return max((at for at in (finished, own) if at), default=None)


def _transitions(host: Host, since: datetime, until: datetime) -> tuple[dict[int, Moved], list[Event]]:
    """What scans moved, by scan, and what acceptances began and ended, by day. One query."""
    found = Transition.objects.filter(finding__host=host, at__gte=since, at__lt=until).order_by()
    day = TruncDate("at", tzinfo=timezone.get_default_timezone())
    columns = ("scan_id", "acceptance_id", "day", "why", "finding__severity")
    rows = found.annotate(day=day).values_list(*columns).annotate(Count("pk"), Max("at"))
    opened: dict[int, Counter[Severity]] = defaultdict(Counter)
    resolved: Counter[int] = Counter()
    decided: dict[tuple[int | None, date, str], list[tuple[int, datetime]]] = defaultdict(list)
    for scan, acceptance, on, why, severity, count, at in rows:
        if why in OPENED and scan:
            opened[scan][Severity(severity)] += count
        elif why in RESOLVED and scan:
            resolved[scan] += count
        elif why not in OPENED + RESOLVED:
            decided[acceptance, on, why].append((count, at))
    moved = {scan: Moved(_worst_first(opened[scan]), resolved[scan]) for scan in {*opened, *resolved}}
    return moved, [_decision(*key, found) for key, found in decided.items()]


def _worst_first(counts: Counter[Severity]) -> tuple[tuple[Severity, int], ...]:
    return tuple(sorted(counts.items(), reverse=True))


def _decision(acceptance: int | None, _day: date, why: str, found: Iterable[tuple[int, datetime]]) -> Event:
    rows = list(found)
    kind = "accepted" if why in BEGUN else "returned"
    number = sum(count for count, _ in rows)
    return Event(kind, max(at for _, at in rows), acceptance=acceptance, why=str(Why(why).label), number=number)
