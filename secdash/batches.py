"""Deleting a little at a time, so that nobody waits for it and it may end anywhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet

A_BATCH = 500
Deleting = Callable[[int], int]  # deletes so many at most, in one short transaction; how many it deleted


def delete_some(rows: QuerySet[Any], most: int = A_BATCH) -> int:
    """Of these rows so many at most, in the order that they have, with what depends on them."""
    chosen = list(rows.values_list("pk", flat=True)[:most])
    if chosen:
        rows.model._base_manager.filter(pk__in=chosen).delete()
    return len(chosen)


def in_turns(steps: Sequence[Deleting], *, seconds: float, most: int = A_BATCH) -> int:
    """A batch of each again and again, until nothing is left or the time is over; how many rows."""
    deadline, total, left = time.monotonic() + seconds, 0, list(steps)
    while left and time.monotonic() < deadline:
        done = [(step, step(most)) for step in left]
        total += sum(number for _step, number in done)
        left = [step for step, number in done if number]
    return total
