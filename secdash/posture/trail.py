"""How many findings of each check stood open, day by day, from the transitions back from today's count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.core.cache import cache
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from secdash.accounts.models import User
from secdash.findings.access import findings_for
from secdash.findings.models import State, Transition
from secdash.posture.newest import Mark

DAYS = 30
KEPT = 24 * 3600  # seconds; a new transition makes a new key long before


def open_by_day(user: User, *, today: date, now: Mark) -> Mapping[str, list[int]]:
    """By check, oldest day first. Counted once after each scan that changed something, then kept."""
    key = f"open-by-day:{now.transition}:{now.hosts}:{now.host}:{today:%Y%m%d}"
    found: Mapping[str, list[int]] | None = cache.get(key)
    if found is None:
        found = _counted(user, today)
        cache.set(key, found, KEPT)
    return found


def _counted(user: User, today: date) -> dict[str, list[int]]:
    open_now = findings_for(user).open().order_by().values_list("check_name").annotate(Count("pk"))
    changes = _changes(user, today)
    return {check: backwards(count, changes.get(check, {}), today) for check, count in open_now}


def _changes(user: User, today: date) -> dict[str, dict[date, int]]:
    """By check and day: opened less closed."""
    since = datetime.combine(today - timedelta(days=DAYS - 1), time(), tzinfo=timezone.get_default_timezone())
    moved = Transition.objects.filter(at__gte=since, finding__in=findings_for(user)).order_by()
    counted = moved.annotate(day=TruncDate("at", tzinfo=timezone.get_default_timezone()))
    changes: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for check, day, was, now, count in counted.values_list("finding__check_name", "day", "was", "now").annotate(
        Count("pk")
    ):
        changes[check][day] += count * ((now == State.OPEN) - (was == State.OPEN))
    return changes


def backwards(count: int, changes: Mapping[date, int], today: date) -> list[int]:
    """DAYS counts up to today's; `changes` are what each day added."""
    series = [count]
    for back in range(DAYS - 1):
        count -= changes.get(today - timedelta(days=back), 0)
        series.append(count)
    return series[::-1]
