"""Dated tables of releases. Which one counts is set by whoever judges: `with using(tables): list(judge(snapshot))`.

Predicates ask `current()`, and stay functions of the snapshot and of that table (see docs/decisions/0003).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from secdash.checks.releases.shipped import SHIPPED
from secdash.checks.releases.tables import Tables

_current: ContextVar[Tables] = ContextVar("release_tables", default=SHIPPED)


def current() -> Tables:
    """The table in use here; the one that secdash ships where nobody set another."""
    return _current.get()


@contextmanager
def using(tables: Tables) -> Iterator[None]:
    """Judge by these tables within the block. `judge` is lazy, so its verdicts must be consumed within it too."""
    token = _current.set(tables)
    try:
        yield
    finally:
        _current.reset(token)


__all__ = ["SHIPPED", "Tables", "current", "using"]
