"""Facts of hosts as their newest scans have them, kept in a process that asks for them again and again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import NamedTuple

import msgspec
import zstandard

from secdash.facts import model
from secdash.scans import snapshots
from secdash.scans.models import Scan, Snapshot

MOST = 96 * 2**20  # bytes, as JSON: about twice as much in memory


class _Kept(NamedTuple):
    digest: str
    facts: model.Snapshot
    weight: int


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

    def keep(self, host: int, digest: str, facts: model.Snapshot, weight: int) -> None:
        with self._lock:
            self._drop(host)
            self._kept[host] = _Kept(digest, facts, weight)
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
