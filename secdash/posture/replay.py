"""A host's facts and verdicts again, from the snapshot of its newest scan.

A snapshot never changes, so what it says by a table of releases is kept in this process, for the few snapshots that
were asked for last.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any, TypeVar, cast

import msgspec
from django.utils import timezone

from secdash.checks import releases
from secdash.checks.engine import Verdict, judge
from secdash.checks.releases import Tables
from secdash.facts import model
from secdash.facts.model import Container, Unknown
from secdash.scans import snapshots
from secdash.scans.models import Scan, Snapshot
from secdash.scans.release_tables import in_force

KEPT = 16

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Replay:
    """What a scan saw and what that means today."""

    facts: model.Snapshot
    verdicts: list[Verdict]
    _found: dict[object, Any] = field(default_factory=dict, repr=False)

    def once(self, find: Callable[[Replay], T]) -> T:
        """What `find` makes of it, made once: a page shows a few lines of what may be thousands of containers."""
        if find not in self._found:
            self._found[find] = find(self)
        return cast("T", self._found[find])

    def containers(self) -> tuple[Container, ...]:
        return () if isinstance(self.facts.containers, Unknown) else self.facts.containers

    def container(self, key: str) -> Container | None:
        return next((container for container in self.containers() if container.key == key), None)

    def about(self, kind: str, key: str) -> list[Verdict]:
        return self.once(_by_subject).get((kind, key), [])


def _by_subject(seen: Replay) -> dict[tuple[str, str], list[Verdict]]:
    """By kind and key: a page about one of thousands of containers need not go through the verdicts on all."""
    found: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for verdict in seen.verdicts:
        found[verdict.subject.kind, verdict.subject.key].append(verdict)
    return dict(found)


_kept: OrderedDict[tuple[str, str, date], Replay] = OrderedDict()
_lock = Lock()


def replay(scan: Scan | None) -> Replay | None:
    """None where there is no scan, or none whose snapshot is kept and can be read by this version."""
    if scan is None or scan.snapshot is None:
        return None
    tables = in_force()
    key = (scan.snapshot.digest, tables.version, timezone.now().date())  # by day: a check may look at the calendar
    with _lock:
        found = _kept.get(key)
        if found:
            _kept.move_to_end(key)
            return found
    made = _judged(scan.snapshot, tables)
    if made:
        _keep(key, made)
    return made


def _judged(snapshot: Snapshot, tables: Tables) -> Replay | None:
    try:
        facts = snapshots.facts_of(snapshot)
    except msgspec.ValidationError:
        return None
    with releases.using(tables):
        return Replay(facts, list(judge(facts)))


def _keep(key: tuple[str, str, date], made: Replay) -> None:
    with _lock:
        _kept[key] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
