"""Of how many: what the newest scans of the chosen hosts judged, check by check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.core.cache import cache
from django.utils import timezone

from secdash.accounts.models import User
from secdash.fleet.access import hosts_for
from secdash.posture import kept
from secdash.posture.filtering.asker import Asker
from secdash.posture.filters import Filters
from secdash.posture.newest import Mark
from secdash.posture.tallies import Faces
from secdash.posture.threats import places

KEPT = 3600  # seconds; a new scan makes a new key


class Totals(NamedTuple):
    """`faces`: by check, over all chosen hosts; `scanned`: how many of them were scanned to the end."""

    faces: Mapping[str, Faces]
    scanned: int
    as_of: datetime | None

    @property
    def failing_checks(self) -> int:
        return sum(each.failed > 0 for each in self.faces.values())

    @property
    def judged(self) -> int:
        return sum(each.passed + each.failed for each in self.faces.values())


def totals(user: User, filters: Filters, hosts: str, mark: Mark) -> Totals:
    """Summed once after each scan. `hosts` is the key of those that are chosen (`listed.hosts_key`)."""
    key = f"totals:{hosts}:{mark.scans}"
    found: Totals | None = cache.get(key)
    if found is None:
        found = _summed(user, filters)
        cache.set(key, found, KEPT)
    return found


def _summed(user: User, filters: Filters) -> Totals:
    hosts = places.seen_hosts(filters.hosts(hosts_for(user), Asker(user, timezone.now())))
    return Totals(
        faces=kept.faces_of(places.scans_of(hosts)),
        scanned=sum(host.scan is not None for host in hosts),
        as_of=max((host.seen_at for host in hosts if host.seen_at), default=None),
    )
