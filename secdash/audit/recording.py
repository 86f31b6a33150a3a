"""Adding to the audit log, in the transaction of the change that it tells of.

Rows are chained, so whoever records waits for everybody who recorded and has not committed yet. Services therefore
record last, after their own rows are locked and written: the wait is short, and nobody waits in a circle.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from secdash.audit.context import origin
from secdash.audit.models import AuditEntry

FIRST = "0" * 64
LOCK = 0x5EC_DA5  # a number that nothing else locks by
LONGEST = 1000  # characters of one text in `before` or `after`
CHAINED = (
    "at", "by_id", "by_name", "address", "request", "act", "kind", "key", "name", "before", "after", "previous",
)  # fmt: skip


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
    here = origin()
    plain_before, plain_after = _plain(before), _plain(after)
    _one_at_a_time()
    last = AuditEntry.objects.order_by("-pk").values_list("digest", flat=True).first()
    entry = AuditEntry(
        at=(at or timezone.now()).astimezone(UTC),
        by_id=getattr(by, "pk", None),
        by_name=_text(str(by) if by is not None else "", 150),
        address=here.address,
        request=here.request,
        act=act,
        kind=on._meta.model_name or "" if on is not None else "",
        key=str(on.pk) if on is not None else "",
        name=_text(name or (str(on) if on is not None else ""), 250),
        before=plain_before,
        after=plain_after,
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
    plain: dict[str, Any] = _storable(json.loads(json.dumps(dict(values or {}), cls=DjangoJSONEncoder)))
    return plain


def _storable(value: Any) -> Any:
    """Without what PostgreSQL cannot keep, and with texts cut: the log tells of a change, it is no copy of it."""
    if isinstance(value, str):
        return _text(value, LONGEST)
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {_text(key, 120): _storable(each) for key, each in value.items()}
    return value


def _text(text: str, most: int) -> str:
    clean = text.replace("\0", "").encode("utf-8", "replace").decode()
    return clean if len(clean) <= most else clean[: most - 1] + "…"


def _one_at_a_time() -> None:
    """Until the transaction ends. SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
