"""How many findings of each of some containers stood open, day by day, from the transitions back from today's count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from secdash.facts.model import Container
from secdash.findings.models import Finding, State, Transition
from secdash.fleet.models import Host
from secdash.posture.trail import DAYS, backwards


def open_by_day(host: Host, now_open: Mapping[str, int], *, today: date) -> dict[str, list[int]]:
    """By container's key, oldest day first; `now_open` says which containers, and where they stand. One query."""
    changes = _changes(host, now_open.keys(), today)
    return {key: backwards(count, changes.get(key, {}), today) for key, count in now_open.items()}


def _changes(host: Host, keys: Collection[str], today: date) -> dict[str, dict[date, int]]:
    """By container and day: opened less closed."""
    zone = timezone.get_default_timezone()
    since = datetime.combine(today - timedelta(days=DAYS - 1), time(), tzinfo=zone)
    about = Finding.objects.on(host).filter(subject_kind=Container.kind, subject_key__in=keys).values("pk")
    moved = Transition.objects.filter(finding__in=about, at__gte=since).order_by()
    counted = moved.annotate(day=TruncDate("at", tzinfo=zone)).values_list("finding__subject_key", "day", "was", "now")
    changes: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for key, day, was, now, count in counted.annotate(Count("pk")):
        changes[key][day] += count * ((now == State.OPEN) - (was == State.OPEN))
    return changes
