"""Between two scans: what an Engine told of is read again, and compared with what was last known of its host."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from secdash.facts import glance as facts
from secdash.facts.model import LISTINGS, Snapshot, Unknown, listing
from secdash.facts.thing import Thing
from secdash.findings.privileges import Place
from secdash.fleet.models import Host
from secdash.scans.collecting import endpoint_of
from secdash.scans.models import Scan
from secdash.scans.remembering import Known, Memory, Newest

KINDS = ("container", "image", "network", "volume")


class Came(Enum):
    """What came of a glance."""

    RECORDED = "recorded"
    NOTHING = "nothing"  # as it was
    LATER = "later"  # a scan is under way, or another look came first: it is to be asked again
    WHOLE = "whole"  # only a scan can tell


class Glance(NamedTuple):
    """What was seen: the facts of the scan that it continues, the same with what changed, and where they differ."""

    scan: Newest
    before: Snapshot
    after: Snapshot
    places: frozenset[Place]
    began: datetime


def known(hosts: Collection[int], memory: Memory) -> dict[int, Known | Came]:
    """By host's id, in one query and one more for what is not in memory; nothing of hosts that are gone."""
    found: dict[int, Known | Came] = {}
    rows = newest(hosts).select_related("host__connection").defer("tally", "statuses", "timings", "error")
    scans = {scan.host_id: scan for scan in rows}
    kept = memory.facts_of(scan for scan in scans.values() if not scan.waits)  # type: ignore[attr-defined]  # annotated
    for host in Host.objects.filter(pk__in=set(hosts) - scans.keys()).values_list("pk", flat=True):
        found[host] = Came.WHOLE
    for host, scan in scans.items():
        seen = kept.get(host)
        if scan.waits:  # type: ignore[attr-defined]  # annotated by `newest`
            found[host] = Came.LATER
        else:
            found[host] = (
                Came.WHOLE if seen is None or isinstance(seen.containers, Unknown) else _known(scan, seen, memory)
            )
    return found


def _known(row: Scan, facts: Snapshot, memory: Memory) -> Known:
    scan = Newest(row.pk, row.host, row.catalogue_version)
    memory.note(scan)
    return Known(scan, facts)


def look(host: Known, wanted: Collection[Thing], *, began: datetime) -> Glance | Came:
    """Ask the Engine about these. Raises Unreachable."""
    before = host.facts
    after = facts.glance(endpoint_of(host.scan.host), before, wanted)
    if any(_is_lost(before, after, name) for name in LISTINGS.values()):
        return Came.WHOLE
    places = frozenset(place for kind in KINDS for place in _differing(kind, before, after))
    return Glance(host.scan, before, after, places, began) if places else Came.NOTHING


def newest(hosts: Collection[int]) -> QuerySet[Scan]:
    """Of each host the newest finished scan, with the `digest` of its snapshot; `waits` says that one is under way,
    which goes first.
    """
    done = Scan.objects.filter(host=OuterRef("pk"), state=Scan.State.DONE).newest_first().values("pk")[:1]
    found = Host.objects.filter(pk__in=hosts).order_by().annotate(newest=Subquery(done)).values("newest")
    running = Scan.objects.filter(host=OuterRef("host"), state=Scan.State.RUNNING)
    told = {"waits": Exists(running), "digest": F("snapshot__digest")}
    return Scan.objects.filter(pk__in=found).annotate(**told).defer("timings", "error").order_by()


def _is_lost(before: Snapshot, after: Snapshot, name: str) -> bool:
    return isinstance(getattr(after, name), Unknown) and not isinstance(getattr(before, name), Unknown)


def _differing(kind: str, before: Snapshot, after: Snapshot) -> Iterable[Place]:
    """What came, went, or is not what it was. What was not read is the very same record, and need not be compared."""
    old, new = ({each.key: each for each in _listed(facts, kind)} for facts in (before, after))
    for key in {*old, *new}:
        was, now = old.get(key), new.get(key)
        if was is not now and was != now:
            yield kind, key


def _listed(facts: Snapshot, kind: str) -> Iterable[Any]:
    listed = listing(facts, kind)
    return () if isinstance(listed, Unknown) else listed
