"""Whether the audit log is whole: every row says what it said, and follows the row that it followed."""

from __future__ import annotations

import msgspec
from django.db import connection

from secdash.audit import append_only
from secdash.audit.models import AuditEntry
from secdash.audit.recording import FIRST, digest_of

CHUNK = 2000


class Account(msgspec.Struct, frozen=True):
    """`broken` is the first row that does not fit, `head` the digest of the last one that does.

    The rows after the last that anybody kept a digest of can be cut off without a trace: so `head` is kept elsewhere,
    and asked for again.
    """

    rows: int
    head: str
    broken: AuditEntry | None
    has_anchor: bool
    is_guarded: bool

    @property
    def is_whole(self) -> bool:
        return self.broken is None and self.has_anchor and self.is_guarded


def verify(anchor: str = "") -> Account:
    """Read the whole log. `anchor`: a head that was printed before, which must stand in it; "" for none."""
    rows, head, found = 0, FIRST, anchor in ("", FIRST)
    broken = None
    for entry in AuditEntry.objects.in_chain().iterator(chunk_size=CHUNK):
        if entry.previous != head or digest_of(entry) != entry.digest:
            broken = entry
            break
        rows, head = rows + 1, entry.digest
        found = found or head == anchor
    return Account(rows, head, broken, found, append_only.is_guarded(connection))
