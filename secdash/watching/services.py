"""What people decide about watching."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from secdash.accounts.models import User
from secdash.audit.recording import record
from secdash.fleet.models import Host
from secdash.watching.models import Watch


@transaction.atomic
def choose(host: Host, mode: str, *, by: User, at: datetime) -> None:
    """Have the host watched live, or scanned only, from the next sign of life of whoever watches. Raises ValueError."""
    wanted = Watch.Mode(mode)
    watch, _ = Watch.objects.select_for_update().get_or_create(host=host, defaults={"since": at})
    if watch.mode == wanted:
        return
    record("host.watched", by=by, on=host, before={"mode": watch.mode}, after={"mode": wanted.value}, at=at)
    watch.mode = wanted
    watch.save(update_fields=["mode"])
