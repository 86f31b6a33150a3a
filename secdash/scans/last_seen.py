"""What the newest snapshot of a host says of its subjects' privileges, for acceptances to be bound to."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping

import msgspec
from django.db.models import OuterRef, Subquery

from secdash.findings.privileges import Place, Privileges, seen_in
from secdash.fleet.models import Host
from secdash.scans.models import Scan, Snapshot
from secdash.scans.snapshots import facts_of

log = logging.getLogger(__name__)


def privileges(wanted: Mapping[int, Collection[Place]]) -> dict[int, Mapping[Place, Privileges]]:
    """By host's id, in two queries. Nothing of a host that was never seen, or of which this version cannot read what an
    older one kept."""
    done = Scan.objects.filter(host=OuterRef("pk"), state=Scan.State.DONE, snapshot__isnull=False)
    newest = Host.objects.filter(pk__in=wanted).annotate(kept=Subquery(done.newest_first().values("snapshot")[:1]))
    of_host = {host: kept for host, kept in newest.values_list("pk", "kept") if kept}
    snapshots = Snapshot.objects.only("content").in_bulk(of_host.values())
    return {host: _seen_in(snapshots[pk], host, wanted[host]) for host, pk in of_host.items() if pk in snapshots}


def _seen_in(snapshot: Snapshot, host: int, places: Collection[Place]) -> Mapping[Place, Privileges]:
    try:
        return seen_in(facts_of(snapshot), places)
    except msgspec.ValidationError:
        log.warning("the newest snapshot of host %s cannot be read; its subjects' privileges are not known", host)
        return {}
