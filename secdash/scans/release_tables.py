"""The table of releases that scans judge by: the one that was loaded last, or the one that secdash ships."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import lru_cache

from secdash.checks.releases import SHIPPED, Tables
from secdash.checks.releases.reading import Refused, read
from secdash.scans.models import ReleaseTable

log = logging.getLogger(__name__)


def in_force() -> Tables:
    """One query. What is shipped counts again once it was read later than what was loaded, unless that was forced."""
    row = ReleaseTable.objects.newest()
    if row is None or (row.read_on.isoformat() < SHIPPED.read_on and not row.forced):
        return SHIPPED
    return _stored(row.version) or SHIPPED


def load(text: str, *, at: datetime, force: bool = False) -> Tables:
    """Keep this table and judge by it from now on. Raises Refused, and then nothing has changed."""
    tables = read(text)
    if tables.read_on > at.date().isoformat():
        raise Refused([f"read_on: {tables.read_on} has not come yet"])
    held = in_force()
    if tables.read_on < held.read_on and not force:
        raise Refused([f"read_on: {tables.read_on} is older than the table in use, which was read on {held.read_on}"])
    ReleaseTable.objects.create(
        version=tables.version, read_on=tables.read_on, content=text, forced=force, loaded_at=at
    )
    return tables


@lru_cache(maxsize=4)
def _stored(version: str) -> Tables | None:
    """By the digest of its content, which never changes. None where another version of secdash wrote it otherwise."""
    row = ReleaseTable.objects.filter(version=version).first()
    try:
        return read(row.content) if row else None
    except Refused as error:
        log.warning("The loaded table of releases cannot be used any more; load a new one: %s", error)
        return None
