"""Snapshots as the database keeps them: canonical JSON, compressed, shared by scans that saw the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import zstandard
from django.db.models import Exists, OuterRef, Q

from secdash.facts import model
from secdash.findings.rewriting import rewrite
from secdash.fleet.models import Host
from secdash.scans.models import Rejudged, Scan, Snapshot

LARGEST = 512 * 1024 * 1024  # bytes of JSON that `facts_of` is ready to unpack


class Packed(NamedTuple):
    """Facts as a row keeps them; `weight` is their length as JSON."""

    digest: str
    content: bytes
    weight: int


def pack(facts: model.Snapshot) -> Packed:
    text = model.dump(facts)
    return Packed(hashlib.sha256(text).hexdigest(), zstandard.compress(text, 3), len(text))


def keep(host: Host, facts: model.Snapshot, *, at: datetime) -> Snapshot:
    """The row for these facts; written only where this host has none with the same content."""
    packed = pack(facts)
    found = Snapshot.objects.filter(host=host, digest=packed.digest).defer("content").first()
    if found:
        return found
    return Snapshot.objects.create(host=host, digest=packed.digest, content=packed.content, created_at=at)


def keep_each(wanted: Mapping[int, Packed], left: Mapping[int, int], *, at: datetime) -> dict[int, int]:
    """The ids of rows with these facts, by host's id; as `keep`, but in the row that a host `left` where nothing refers
    to it any more. That row is not left behind either way.
    """
    there, free = _there(wanted, left)
    rows = [
        Snapshot(pk=left[host], host_id=host, digest=packed.digest, content=packed.content, created_at=at)
        for host, packed in wanted.items()
        if host not in there and left.get(host) in free
    ]
    rewrite(rows, ("digest", "content", "created_at"))
    written = {row.host_id: row.pk for row in rows}
    new = [
        Snapshot(host_id=host, digest=packed.digest, content=packed.content, created_at=at)
        for host, packed in wanted.items()
        if host not in there and host not in written
    ]
    Snapshot.objects.bulk_create(new)
    if unused := free - {*written.values(), *there.values()}:
        Snapshot.objects.filter(pk__in=unused).delete()
    return {**there, **written, **{row.host_id: row.pk for row in new}}


def _there(wanted: Mapping[int, Packed], left: Mapping[int, int]) -> tuple[dict[int, int], set[int]]:
    """By host's id the rows that have these facts already; and of what was left the rows that nothing refers to."""
    judged, scans = (table.objects.filter(snapshot=OuterRef("pk")) for table in (Rejudged, Scan))
    same = Q(host__in=wanted, digest__in=[packed.digest for packed in wanted.values()])
    rows = Snapshot.objects.filter(same | Q(pk__in=list(left.values())))
    is_free = ~Exists(judged) & ~Exists(scans)
    found = list(rows.annotate(is_free=is_free).values_list("pk", "host_id", "digest", "is_free"))
    there = {host: pk for pk, host, digest, _ in found if wanted[host].digest == digest}
    return there, {pk for pk, host, _, is_free in found if is_free and left.get(host) == pk}


def facts_of(snapshot: Snapshot) -> model.Snapshot:
    """The facts again. Raises msgspec.ValidationError where an older version wrote something this one cannot read."""
    return model.load(unpacked(snapshot))


def unpacked(snapshot: Snapshot) -> bytes:
    """The JSON. Raises zstandard.ZstdError."""
    return zstandard.decompress(bytes(snapshot.content), max_output_size=LARGEST)
