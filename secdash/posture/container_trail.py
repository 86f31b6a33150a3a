"""How many findings of each of some containers stood open, day by day, from the transitions back from today's count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.core.cache import cache
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from secdash.facts.model import Container
from secdash.findings.models import Finding, FindingQuerySet, State, Transition
from secdash.fleet.models import Host
from secdash.posture.trail import DAYS, KEPT, backwards

NEVER = [0] * (DAYS - 1)


def open_by_day(host: Host, now_open: Mapping[str, int], *, today: date) -> dict[str, list[int]]:
    """By container's key, oldest day first; `now_open` says which containers, and where they stand.

    What is past does not change any more: it is counted once a day, in two queries, of all containers of the host.
    """
    key = f"container-days:{host.pk}:{today:%Y%m%d}"
    past: Mapping[str, list[int]] | None = cache.get(key)
    if past is None:
        past = _days_before(host, today)
        cache.set(key, past, KEPT)
    return {key: [*past.get(key, NEVER), count] for key, count in now_open.items()}


def _days_before(host: Host, today: date) -> dict[str, list[int]]:
    """How many stood open at the end of each day before this one."""
    of_containers = Finding.objects.on(host).filter(subject_kind=Container.kind)
    counted = of_containers.open().order_by().values_list("subject_key").annotate(number=Count("*"))
    now, changes = dict(counted), _changes(of_containers, today)
    return {key: backwards(now.get(key, 0), changes.get(key, {}), today)[:-1] for key in {*now, *changes}}


def _changes(about: FindingQuerySet, today: date) -> dict[str, dict[date, int]]:
    """By container and day: opened less closed."""
    zone = timezone.get_default_timezone()
    since = datetime.combine(today - timedelta(days=DAYS - 1), time(), tzinfo=zone)
    moved = Transition.objects.filter(finding__in=about.values("pk"), at__gte=since).order_by()
    counted = moved.annotate(day=TruncDate("at", tzinfo=zone)).values_list("finding__subject_key", "day", "was", "now")
    changes: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for key, day, was, now, count in counted.annotate(Count("pk")):
        changes[key][day] += count * ((now == State.OPEN) - (was == State.OPEN))
    return changes
