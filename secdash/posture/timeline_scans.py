"""The scans of a host in few lines: what moved something by itself, what moved nothing or failed in a row as one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from secdash.scans.models import Scan


class Told(NamedTuple):
    """`kind`: scan, quiet (nothing moved), failed, engine or catalogue (changed since the scan before).

    `scan` is the newest of `number` scans, the first of which was at `since`; `before` is the finished scan before.
    """

    kind: str
    scan: Scan
    before: Scan | None
    number: int
    since: datetime

    @property
    def at(self) -> datetime:
        return moment_of(self.scan)

    @property
    def was(self) -> int | None:
        """The score before, where it is another one."""
        same = self.before is None or self.before.score == self.scan.score
        return None if same or self.before is None else self.before.score


def moment_of(scan: Scan) -> datetime:
    return scan.finished_at or scan.created_at


def tell(scans: Iterable[Scan], before: Scan | None, moving: Collection[int]) -> Iterator[Told]:
    """`scans` oldest first; `before` is the last finished one before them; `moving` are those that moved findings."""
    run: list[Scan] = []
    run_before = before
    for scan in scans:
        kind = _kind(scan, before, moving)
        if run and (kind != _kind(run[-1], run_before, moving) or not _goes_on(run[-1], scan)):
            yield _run(run, run_before)
            run = []
        if kind == "scan":
            yield from _changes(scan, before)
            yield Told("scan", scan, before, 1, moment_of(scan))
        else:
            run_before = before if not run else run_before
            run.append(scan)
        before = scan if scan.state == Scan.State.DONE else before
    if run:
        yield _run(run, run_before)


def _kind(scan: Scan, before: Scan | None, moving: Collection[int]) -> str:
    if scan.state == Scan.State.FAILED:
        return "failed"
    moved = before is None or scan.pk in moving or scan.score != before.score or _differences(scan, before)
    return "scan" if moved else "quiet"


def _goes_on(last: Scan, scan: Scan) -> bool:
    """Whether both stand in one line: failures as long as they last, quiet scans within a day."""
    if scan.state == Scan.State.FAILED:
        return True
    return timezone.localdate(moment_of(last)) == timezone.localdate(moment_of(scan))


def _run(run: list[Scan], before: Scan | None) -> Told:
    kind = "failed" if run[-1].state == Scan.State.FAILED else "quiet"
    return Told(kind, run[-1], before, len(run), moment_of(run[0]))


def _changes(scan: Scan, before: Scan | None) -> Iterator[Told]:
    if before:
        for kind in _differences(scan, before):
            yield Told(kind, scan, before, 1, moment_of(scan))


def _differences(scan: Scan, before: Scan) -> list[str]:
    pairs = {"engine": "engine_version", "catalogue": "catalogue_version"}
    return [kind for kind, column in pairs.items() if getattr(scan, column) != getattr(before, column)]
