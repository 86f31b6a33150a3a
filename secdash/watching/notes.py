"""What a process notes of the streams it holds, written for many hosts at once; and the scans that close gaps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from secdash.facts.message import Message
from secdash.findings.rewriting import rewrite
from secdash.findings.words import message_as_json
from secdash.fleet.models import Host
from secdash.scans.models import Scan
from secdash.watching.models import Watch

WRITTEN = ("state", "since", "heard", "heard_at", "reconnects", "has_gap", "error")


class Note(msgspec.Struct, frozen=True):
    """What is new of one stream since it was written last. `has_gap` is only ever added here."""

    state: str = ""
    since: datetime | None = None
    error: Message | None = None
    heard: int = 0
    heard_at: datetime | None = None
    reconnects: int = 0
    has_gap: bool = False

    def and_then(self, later: Note) -> Note:
        newest = later if later.state else self
        return Note(
            newest.state,
            newest.since,
            newest.error,
            heard=max(self.heard, later.heard),
            heard_at=later.heard_at or self.heard_at,
            reconnects=self.reconnects + later.reconnects,
            has_gap=self.has_gap or later.has_gap,
        )

    def onto(self, watch: Watch) -> None:
        if self.state:
            watch.state, watch.since = self.state, self.since
            watch.error = message_as_json(self.error) if self.error else {}
        watch.heard = max(watch.heard, self.heard)
        watch.heard_at = self.heard_at or watch.heard_at
        watch.reconnects += self.reconnects
        watch.has_gap = watch.has_gap or self.has_gap


def write(token: str, notes: Mapping[int, Note]) -> None:
    """Of hosts that are still held; two statements for any number of them, the second sent once for each in one go."""
    watches = list(Watch.objects.held_by(token).filter(host__in=list(notes)))
    for watch in watches:
        notes[watch.host_id].onto(watch)
    rewrite(watches, WRITTEN)


def close_gaps(token: str, *, at: datetime) -> int:
    """Have hosts scanned at once of which something may have been missed; how many. A scan that is under way may have
    looked before the stream began, so it is waited for.
    """
    running = Scan.objects.filter(state=Scan.State.RUNNING).values("host")
    waiting = Watch.objects.held_by(token).filter(has_gap=True).exclude(host__in=running)
    hosts = list(waiting.values_list("host_id", flat=True))
    if hosts:
        Host.objects.filter(pk__in=hosts, scan_due_at__gt=at).update(scan_due_at=at)
        Watch.objects.held_by(token).filter(host__in=hosts).update(has_gap=False)
    return len(hosts)
