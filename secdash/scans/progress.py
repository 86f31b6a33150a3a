"""How far a scan got, written where pages can see it, seldom enough to cost nothing."""

from __future__ import annotations

import time
from datetime import timedelta

from django.utils import timezone

from secdash.scans.models import Scan

LEASE = timedelta(seconds=90)
SECONDS_BETWEEN_WRITES = 0.5


class Progress:
    """Writes stage and counts, renews the lease, and measures each stage in milliseconds."""

    def __init__(self, scan: Scan) -> None:
        self.scan = scan
        self.timings: dict[str, int] = {}
        self._stage = str(Scan.Stage.CONNECTING)
        self._entered = time.monotonic()
        self._written = self._entered  # by the claim

    def report(self, stage: str, done: int, total: int) -> None:
        """What `facts.collect` calls: a stage's name and how much of it is done."""
        if stage != self._stage:
            self.enter(stage, done=done, total=total)
        else:
            self._write(done, total)

    def enter(self, stage: str, *, done: int = 0, total: int = 0) -> None:
        self.finish()
        self._stage = str(stage)
        self._write(done, total)

    def finish(self) -> None:
        """Close the present stage's measurement."""
        now = time.monotonic()
        self.timings[self._stage] = self.timings.get(self._stage, 0) + round((now - self._entered) * 1000)
        self._entered = now

    def _write(self, done: int, total: int) -> None:
        """A scan that is over in no time writes nothing of its way."""
        if time.monotonic() - self._written < SECONDS_BETWEEN_WRITES:
            return
        self._written = time.monotonic()
        Scan.objects.filter(pk=self.scan.pk, state=Scan.State.RUNNING, attempts=self.scan.attempts).update(
            stage=self._stage, progress_done=done, progress_total=total, lease_until=timezone.now() + LEASE
        )
