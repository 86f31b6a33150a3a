"""Waiting for a scan's end, so that a pipeline need not ask every second; bounded in time and in number.

Who waits holds a thread of the web server: a few may at once, and everybody else is told at once how it stands.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from secdash.scans.models import Scan

LONGEST = 30  # seconds; proxies give up after 60
MOST = 2  # at once in a process: an embedded one has eight threads
PAUSE = 0.5

_seats = threading.BoundedSemaphore(MOST)


def wait_for(
    scan: Scan,
    *,
    seconds: int,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], object] = time.sleep,
) -> Scan:
    """The scan as it stands when it is over, or when the time is."""
    if seconds <= 0 or not scan.is_active or not _seats.acquire(blocking=False):
        return scan
    try:
        end = clock() + min(seconds, LONGEST)
        while clock() < end and not _is_over(scan):
            pause(PAUSE)
    finally:
        _seats.release()
    return scan


def _is_over(scan: Scan) -> bool:
    scan.refresh_from_db()
    return not scan.is_active
