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
KEPT = 24 * 3600  # seconds; a new day makes a new key before


def days_before(user: User, *, today: date, now: Mark) -> Mapping[str, list[int]]:
    """By check, how many were open at the end of each day before this one, oldest first; today's number the caller has.

    What is past does not change any more, so that it is counted once a day, and anew when hosts come or go.
    """
    key = f"days-before:{now.fleet}:{today:%Y%m%d}"
    found: Mapping[str, list[int]] | None = cache.get(key)
    if found is None:
        found = _counted(user, today)
        cache.set(key, found, KEPT)
    return found


def _counted(user: User, today: date) -> dict[str, list[int]]:
    open_now = dict(findings_for(user).open().order_by().values_list("check_name").annotate(number=Count("*")))
    changes = _changes(user, today)
    checks = {*open_now, *changes}
    return {check: backwards(open_now.get(check, 0), changes.get(check, {}), today)[:-1] for check in checks}


def _changes(user: User, today: date) -> dict[str, dict[date, int]]:
    """By check and day: opened less closed."""
    since = datetime.combine(today - timedelta(days=DAYS - 1), time(), tzinfo=timezone.get_default_timezone())
    moved = Transition.objects.filter(at__gte=since, finding__in=findings_for(user)).order_by()
    counted = moved.annotate(day=TruncDate("at", tzinfo=timezone.get_default_timezone()))
    changes: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for check, day, was, now, count in counted.values_list("finding__check_name", "day", "was", "now").annotate(
        number=Count("*")
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
