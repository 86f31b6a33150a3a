"""The fleet's memory of what is in images: read by the first scan that meets an image, and by no other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec
import zstandard
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from secdash.batches import delete_some
from secdash.facts.images.inventory import FORMAT
from secdash.facts.images.reading import SECONDS_A_SCAN, Files, Kind, Progress, Way, with_files
from secdash.facts.model import Snapshot, Unknown
from secdash.fleet.models import Host
from secdash.leases import run_out
from secdash.scans.collecting import endpoint_of, owner_of
from secdash.scans.models import ImageInventory

LEASE = timedelta(seconds=SECONDS_A_SCAN + 30)
TRY_AGAIN_AFTER = timedelta(days=7)  # what could not be read: the Engine or secdash may be newer by then
FORGET_AFTER = timedelta(days=30)  # without any host that has the image
A_DAY = timedelta(days=1)
LARGEST = 16 * 2**20


def with_image_files(host: Host, facts: Snapshot, *, progress: Progress) -> Snapshot:
    """The facts with what is in the images' files, where the host's owner chose a way to read them."""
    if host.is_sample or host.image_reading == Host.Images.NONE:
        return facts
    kind: Kind = "export" if host.image_reading == Host.Images.EXPORT else "archive"
    return with_files(facts, endpoint_of(host), Way(kind, owner_of(host)), Inventories(), progress)


class Inventories:
    """The store that `facts.images.reading` asks, in the database."""

    def kept(self, ids: Iterable[str]) -> Mapping[str, Files]:
        """One query, and once a day another, which notes that the images are still in use."""
        now = timezone.now()
        expired = Q(failed=True, read_at__lt=now - TRY_AGAIN_AFTER)
        rows = ImageInventory.objects.filter(image_id__in=list(ids), format=FORMAT, read_at__isnull=False)
        found = list(rows.exclude(expired))
        if stale := [row.pk for row in found if row.seen_at < now - A_DAY]:
            ImageInventory.objects.filter(pk__in=stale).update(seen_at=now)
        return {row.image_id: unpacked(bytes(row.content)) for row in found}

    def claim(self, id_: str) -> bool:
        """By inserting the row, or by taking over one whose lease ran out or whose failure is old."""
        now = timezone.now()
        free = run_out(now) | Q(failed=True, read_at__lt=now - TRY_AGAIN_AFTER)
        held = ImageInventory.objects.filter(free, image_id=id_, format=FORMAT)
        if held.update(lease_until=now + LEASE, read_at=None, failed=False, content=b""):
            return True
        try:
            with transaction.atomic():
                ImageInventory.objects.create(image_id=id_, format=FORMAT, lease_until=now + LEASE, seen_at=now)
        except IntegrityError:
            return False
        return True

    def keep(self, id_: str, files: Files) -> None:
        ImageInventory.objects.filter(image_id=id_, format=FORMAT).update(
            content=packed(files), failed=isinstance(files, Unknown), read_at=timezone.now(), lease_until=None
        )

    def release(self, id_: str) -> None:
        ImageInventory.objects.filter(image_id=id_, format=FORMAT, read_at__isnull=True).delete()


def forget_unused(*, at: datetime) -> None:
    """Let go of images that no scan has seen for long, and of what older versions wrote."""
    old = ImageInventory.objects.filter(Q(seen_at__lt=at - FORGET_AFTER) | Q(format__lt=FORMAT))
    delete_some(old.order_by("pk"))


READER = msgspec.json.Decoder(Files)  # made by the thread that imports this; see facts.model.snapshot


def packed(files: Files) -> bytes:
    return zstandard.compress(msgspec.json.encode(files, order="deterministic"), 3)


def unpacked(content: bytes) -> Files:
    """The inverse. Raises msgspec.ValidationError where the format was changed without its number."""
    files: Files = READER.decode(zstandard.decompress(content, max_output_size=LARGEST))
    return files
