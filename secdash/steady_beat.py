"""Beat's clock: it goes on where the machine's clock is put back, and stops asking while nobody takes what it asked."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from celery.beat import PersistentScheduler
from django.conf import settings

log = logging.getLogger(__name__)

MOST_WAITING = 100  # messages of the first priority: ticks that are minutes old help nobody
BACK = timedelta(seconds=1)


class SteadyScheduler(PersistentScheduler):
    """Celery's own would sleep until the old time is reached again, and fill the queue while no worker takes of it."""

    max_interval = 5

    def __init__(self, *args: Any, **options: Any) -> None:
        self._latest = datetime.now(UTC)
        super().__init__(*args, **options)

    def setup_schedule(self) -> None:
        """Not called where beat only wants to say what it is going to do."""
        super().setup_schedule()
        self._begin_anew()  # what stands in the file may be of a time that is still to come

    def tick(self, *args: Any, **options: Any) -> float:
        now = datetime.now(UTC)
        if now < self._latest - BACK:
            log.warning("the clock was put back by %s; everything is asked for anew", self._latest - now)
            self._begin_anew()
        self._latest = now
        return float(super().tick(*args, **options))

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **options: Any) -> Any:
        """Nothing where workers are gone, and what waits for them is enough."""
        if self._waiting(producer) >= MOST_WAITING:
            log.warning("%s is not asked for: nobody takes what waits in the queue", entry.name)
            if self.should_sync():
                self.sync()  # its file tells health checks that beat lives
            return None
        return super().apply_async(entry, producer=producer, advance=advance, **options)

    def _waiting(self, producer: Any) -> int:
        """Ticks have the first priority; scans, which may be many, wait in another list."""
        client = getattr(producer.channel, "client", None) if producer else None
        return int(client.llen(settings.CELERY_TASK_DEFAULT_QUEUE)) if client else 0

    def _begin_anew(self) -> None:
        now = self.app.now()
        for entry in self.schedule.values():
            if entry.last_run_at and entry.last_run_at > now:
                entry.last_run_at = now - timedelta(days=1)
        self._heap = None
