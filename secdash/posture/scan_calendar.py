"""The days on which a host was looked at, as a calendar of twelve weeks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from secdash.fleet.models import Host
from secdash.scans.models import PostureDay, Scan

WEEKS = 12
STEP, HEAD = 14, 14  # pixels of a day and of the line of months above


class Looked(NamedTuple):
    """A day and its finished and failed scans."""

    day: date
    done: int
    failed: int


class Square(NamedTuple):
    x: int
    y: int
    css: str


class Calendar(NamedTuple):
    """`squares` and `months` are places in a drawing of `width`; `days` are those with a scan, newest first."""

    squares: list[Square]
    months: list[tuple[date, int]]
    days: list[Looked]
    width: int


def calendar(host: Host, *, today: date) -> Calendar:
    """Two queries. A day whose scans are not kept any more counts one for the day that is kept."""
    monday = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    scans = _scans(host, monday)
    for day in PostureDay.objects.filter(host=host, day__gte=monday).values_list("day", flat=True):
        scans.setdefault(day, Looked(day, 1, 0))
    days = [monday + timedelta(days=n) for n in range((today - monday).days + 1)]
    looked = [scans.get(day, Looked(day, 0, 0)) for day in days]
    most = max((each.done for each in looked), default=0)
    return Calendar(
        squares=[Square(*_place(n), _css(each, most)) for n, each in enumerate(looked)],
        months=[(day, _place(n)[0]) for n, day in enumerate(days) if n % 7 == 0 and (n == 0 or day.day <= 7)],
        days=[each for each in reversed(looked) if each.done or each.failed],
        width=WEEKS * STEP,
    )


def _scans(host: Host, since: date) -> dict[date, Looked]:
    zone = timezone.get_default_timezone()
    begin = datetime.combine(since, time(), tzinfo=zone)
    found = (
        Scan.objects.filter(host=host, created_at__gte=begin)
        .exclude(trigger=Scan.Trigger.LIVE)
        .order_by()
        .annotate(day=TruncDate("created_at", tzinfo=zone))
    )
    done, failed = (Count("pk", filter=Q(state=state)) for state in (Scan.State.DONE, Scan.State.FAILED))
    return {day: Looked(day, ok, bad) for day, ok, bad in found.values_list("day").annotate(ok=done, bad=failed)}


def _place(number: int) -> tuple[int, int]:
    return number // 7 * STEP, HEAD + number % 7 * STEP


def _css(looked: Looked, most: int) -> str:
    """The busier the darker; a day with a failed scan stands out whatever else it had."""
    if looked.failed:
        return "cal-bad"
    if not looked.done:
        return "f-track"
    return f"cal-{2 + min(2, 3 * looked.done // (most + 1))}"
