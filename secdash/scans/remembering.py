"""Facts of hosts as their newest scans have them, kept in a process that asks for them again and again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import NamedTuple

import msgspec
import zstandard

from secdash.facts import model
from secdash.fleet.models import Host
from secdash.scans import snapshots
from secdash.scans.models import Scan, Snapshot

MOST = 96 * 2**20  # bytes, as JSON: about twice as much in memory


class Newest(NamedTuple):
    """A host's newest finished scan, as far as a look needs it; the host with its connection."""

    pk: int
    host: Host
    catalogue_version: str

    def is_still(self, now: Newest) -> bool:
        """Whether it is the newest, and its Engine where it was: whoever keeps this may be late to learn of either."""
        return self.pk == now.pk and same_way(self.host, now.host)


class Known(NamedTuple):
    """A host's newest scan, and the facts that it has."""

    scan: Newest
    facts: model.Snapshot


class _Kept(NamedTuple):
    digest: str
    facts: model.Snapshot
    weight: int
    scan: Newest | None = None


def same_way(one: Host, other: Host) -> bool:
    """Whether both are asked at the same place, and let in by the same."""
    ways = ((each.kind, each.address, each.sealed, each.host_key) for each in (one.connection, other.connection))
    return next(ways) == next(ways)


class Memory:
    """What has one digest is the same facts: what is kept counts for as long as the newest scan of its host saw those.

    What was asked for longest ago goes first. Several threads may use it.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def facts_of(self, scans: Iterable[Scan]) -> dict[int, model.Snapshot]:
        """By host's id, of scans annotated with the `digest` of their snapshots; one query for all that are not kept.
        Those that cannot be read are left out.
        """
        found, missing = {}, {}
        for scan in scans:
            if kept := self._of(scan):
                found[scan.host_id] = kept
            elif scan.snapshot_id is not None:
                missing[scan.snapshot_id] = scan
        for row in Snapshot.objects.filter(pk__in=missing) if missing else ():
            if read := _read(row):
                facts, weight = read
                found[row.host_id] = facts
                self.keep(row.host_id, row.digest, facts, weight)
        return found

    def recall(self, host: int) -> Known | None:
        """What was known of it last. It may be so no more, which only the database can tell."""
        with self._lock:
            kept = self._kept.get(host)
            return Known(kept.scan, kept.facts) if kept and kept.scan else None

    def note(self, scan: Newest) -> None:
        """That these facts, which were just asked for, are those of this scan."""
        with self._lock:
            if kept := self._kept.get(scan.host.pk):
                self._kept[scan.host.pk] = kept._replace(scan=scan)

    def keep(self, host: int, digest: str, facts: model.Snapshot, weight: int, *, scan: Newest | None = None) -> None:
        with self._lock:
            self._drop(host)
            self._kept[host] = _Kept(digest, facts, weight, scan)
            self._weight += weight
            while self._weight > self._most:
                self._drop(next(iter(self._kept)))

    @property
    def is_full(self) -> bool:
        """Whether more would push out what is there."""
        return self._weight > 0.9 * self._most

    def forget(self, host: int) -> None:
        with self._lock:
            self._drop(host)

    def _of(self, scan: Scan) -> model.Snapshot | None:
        with self._lock:
            kept = self._kept.get(scan.host_id)
            if kept is None or kept.digest != scan.digest:  # type: ignore[attr-defined]  # annotated
                return None
            self._kept.move_to_end(scan.host_id)
            return kept.facts

    def _drop(self, host: int) -> None:
        if kept := self._kept.pop(host, None):
            self._weight -= kept.weight


def _read(row: Snapshot) -> tuple[model.Snapshot, int] | None:
    try:
        content = snapshots.unpacked(row)
        return model.load(content), len(content)
    except (msgspec.ValidationError, zstandard.ZstdError):
        return None
