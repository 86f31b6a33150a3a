"""Adding to the audit log, in the transaction of the change that it tells of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from secdash.audit.models import AuditEntry

FIRST = "0" * 64
LOCK = 0x5EC_DA5  # a number that nothing else locks by
CHAINED = ("at", "by_id", "by_name", "address", "act", "kind", "key", "name", "before", "after", "previous")


@transaction.atomic
def record(
    act: str,
    *,
    by: Any = None,
    on: models.Model | None = None,
    name: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> AuditEntry:
    """One row more. `by` is a user, or None for secdash itself; secrets never belong into `before` or `after`."""
    _one_at_a_time()
    last = AuditEntry.objects.order_by("-pk").values_list("digest", flat=True).first()
    entry = AuditEntry(
        at=at or timezone.now(),
        by_id=getattr(by, "pk", None),
        by_name=str(by) if by is not None else "",
        act=act,
        kind=on._meta.model_name or "" if on is not None else "",
        key=str(on.pk) if on is not None else "",
        name=(name or (str(on) if on is not None else ""))[:250],
        before=_plain(before),
        after=_plain(after),
        previous=last or FIRST,
    )
    entry.digest = digest_of(entry)
    entry.save(force_insert=True)
    return entry


def digest_of(entry: AuditEntry) -> str:
    """What the entry's digest must be, from all that it says and the digest before it."""
    said = {field: getattr(entry, field) for field in CHAINED}
    return hashlib.sha256(json.dumps(said, cls=DjangoJSONEncoder, sort_keys=True).encode()).hexdigest()


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """As JSON will give it back, so that the digest of what was read equals that of what was written."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(values or {}), cls=DjangoJSONEncoder))
    return plain


def _one_at_a_time() -> None:
    """Until the transaction ends. SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
