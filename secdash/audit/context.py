"""From where a change comes: known at the door, wanted where it is recorded, and no argument of what lies between."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import msgspec


class Origin(msgspec.Struct, frozen=True):
    """The client's address, and the mark under which the log holds its request. Empty for workers and commands."""

    address: str | None = None
    request: str = ""


NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("secdash_audit_origin", default=NOWHERE)


def origin() -> Origin:
    return _origin.get()


@contextmanager
def coming_from(here: Origin) -> Iterator[None]:
    token = _origin.set(here)
    try:
        yield
    finally:
        _origin.reset(token)


def as_address(text: str) -> str | None:
    """The address as every database gives it back; None for what is none. Zone and port of it are left out."""
    bare = text.strip().partition("%")[0]
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ipaddress.ip_address(bare)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)
