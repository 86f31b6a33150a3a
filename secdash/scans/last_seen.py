"""What the newest snapshot of a host says of its subjects' privileges, for acceptances to be bound to."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping

import msgspec

from secdash.findings.privileges import Place, Privileges, seen_in
from secdash.scans.models import Scan
from secdash.scans.snapshots import facts_of

log = logging.getLogger(__name__)


def privileges(host: int, places: Collection[Place]) -> Mapping[Place, Privileges]:
    """Nothing where the host was never seen, or where this version cannot read what an older one kept."""
    scans = Scan.objects.filter(host=host, state=Scan.State.DONE, snapshot__isnull=False)
    newest = scans.select_related("snapshot").only("snapshot__content").newest_first().first()
    if newest is None or newest.snapshot is None:
        return {}
    try:
        return seen_in(facts_of(newest.snapshot), places)
    except msgspec.ValidationError:
        log.warning("the newest snapshot of host %s cannot be read; its subjects' privileges are not known", host)
        return {}
