"""Waiting until the web process answers."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable

SECONDS = 60.0


def wait_for(url: str, *, until: Callable[[], bool]) -> bool:
    """Whether the address answered 200 within a minute; gives up early once `until` says so."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, headers={"Host": "127.0.0.1"})  # noqa: S310 - our own address
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and not until():
        try:
            with opener.open(request, timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False
