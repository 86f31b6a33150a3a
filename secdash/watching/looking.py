"""Looking at what a host's Engine told of: read again, judged, written."""

from __future__ import annotations

from collections.abc import Collection

from django.utils import timezone

from secdash.facts.trouble import Unreachable
from secdash.fleet.models import Host
from secdash.scans import glances
from secdash.scans.glances import Came


def look(host_id: int, containers: Collection[str]) -> Came:
    """What came of it. A host that cannot be reached is left to a scan, which says so."""
    host = Host.objects.select_related("connection").filter(pk=host_id).first()
    if host is None:
        return Came.NOTHING
    try:
        seen = glances.look(host, containers, began=timezone.now())
    except Unreachable:
        return Came.WHOLE
    return seen if isinstance(seen, Came) else glances.record(seen, at=timezone.now())
