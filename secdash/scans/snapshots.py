"""Snapshots as the database keeps them: canonical JSON, compressed, shared by scans that saw the same."""

from __future__ import annotations

import hashlib
from datetime import datetime

import zstandard
from django.db.models import Exists, OuterRef

from secdash.facts import model
from secdash.fleet.models import Host
from secdash.scans.models import Rejudged, Snapshot

LARGEST = 512 * 1024 * 1024  # bytes of JSON that `facts_of` is ready to unpack


def keep(host: Host, facts: model.Snapshot, *, at: datetime) -> Snapshot:
    """The row for these facts; written only where this host has none with the same content."""
    content = model.dump(facts)
    digest = hashlib.sha256(content).hexdigest()
    found = Snapshot.objects.filter(host=host, digest=digest).defer("content").first()
    if found:
        return found
    return Snapshot.objects.create(host=host, digest=digest, content=zstandard.compress(content, 3), created_at=at)


def replaced(host: Host, old: int, facts: model.Snapshot, *, at: datetime) -> Snapshot:
    """As `keep`, but in the row `old` where nothing refers to it any more; that row is not left behind either way."""
    content = model.dump(facts)
    digest = hashlib.sha256(content).hexdigest()
    judged = Rejudged.objects.filter(snapshot=OuterRef("pk"))
    free = Snapshot.objects.filter(~Exists(judged), pk=old, scans=None)
    if Snapshot.objects.filter(host=host, digest=digest).exists():
        free.delete()
    elif free.update(digest=digest, content=zstandard.compress(content, 3), created_at=at):
        return Snapshot(pk=old, host=host, digest=digest)
    return keep(host, facts, at=at)


def facts_of(snapshot: Snapshot) -> model.Snapshot:
    """The facts again. Raises msgspec.ValidationError where an older version wrote something this one cannot read."""
    return model.load(zstandard.decompress(bytes(snapshot.content), max_output_size=LARGEST))
