"""What a line of the log is about: ids of the person, scan, host and task at work, set where they become known.

Ids only: names are people's and hosts', and a log is read by more than those who may see them.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

FIELDS = ("user", "scan", "host", "task")

_Ids = ChainMap[str, object]
_ids: ContextVar[_Ids] = ContextVar("secdash_log_ids", default=ChainMap())  # noqa: B039 - its own map is never written


def ids() -> Mapping[str, object]:
    """Those that are known, in the order of FIELDS."""
    known = _ids.get()
    return {name: known[name] for name in FIELDS if name in known}


def begin(**found: object) -> None:
    """Of what is about to be done; `end` takes it away again. For hooks that cannot be a `with`."""
    _ids.set(_ids.get().new_child(dict(found)))


def end(**_found: Any) -> None:
    _ids.set(_ids.get().parents)


@contextmanager
def about(**found: object) -> Iterator[None]:
    """Lines written inside are about these, too."""
    token = _ids.set(_ids.get().new_child(dict(found)))
    try:
        yield
    finally:
        _ids.reset(token)


def note(**found: object) -> None:
    """What became known within the block that one is in, until it ends. Without one nothing is noted."""
    known = _ids.get()
    # A block adds a map. The last one is nobody's: what is written there would stay in every line from then on.
    if len(known.maps) > 1:
        known.maps[0].update(found)
