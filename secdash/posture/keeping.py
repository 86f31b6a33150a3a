"""Sums over all findings, kept until something moves: counting two hundred thousand rows for each page would be felt.

Whatever changes the state of a finding adds a transition, and whoever assigns one or sets its due date raises the
`Stamp`, so both say whether a sum still holds; hosts that come or go change their number and the sum of their ids.
`posture.context` makes the mark of all, for those who see every host or else for the reader alone. The minute bounds
what none of them tells, such as a severity that a scan renewed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import TypeVar, cast

from django.core.cache import cache

SECONDS = 60
TAKES = 10  # seconds after which whoever makes something is taken for gone
PATIENCE, PAUSE = 1.0, 0.02  # seconds
NOTHING = object()

T = TypeVar("T")


def of_these(name: str, ids: Iterable[int]) -> str:
    """The name of what is kept of these alone."""
    return f"{name}:{blake2b(','.join(map(str, ids)).encode(), digest_size=16).hexdigest()}"


def kept(name: str, mark: str, make: Callable[[], T], *, seconds: int = SECONDS) -> T:
    """What `make` gives, made again when the mark changes or the time is over. None is kept as well."""
    key = f"kept:{name}:{mark}"
    found = cache.get(key, NOTHING)
    if found is NOTHING:
        found = make()
        cache.set(key, found, seconds)
    return cast("T", found)


def made_once(key: str, make: Callable[[], T], *, seconds: int) -> T:
    """What many want at the same moment: one makes it, and the others wait for that one, but not for long."""
    gives_up = time.monotonic() + PATIENCE
    while (found := cache.get(key, NOTHING)) is NOTHING:
        is_ours = cache.add(f"{key}:making", True, TAKES)
        if is_ours or time.monotonic() > gives_up or cache.get(f"{key}:making") is None:
            return _made(key, make, seconds)
        time.sleep(PAUSE)
    return cast("T", found)


def _made(key: str, make: Callable[[], T], seconds: int) -> T:
    try:
        found = make()
        cache.set(key, found, seconds)
    finally:
        cache.delete(f"{key}:making")
    return found
