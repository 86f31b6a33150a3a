"""What can be done to the register of hosts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from secdash.facts import trying
from secdash.facts.endpoint import Endpoint
from secdash.facts.message import Message, say
from secdash.fleet.models import Connection, Group, Host, Tag
from secdash.fleet.ways import usual_files

CHANGED = ("name", "environment", "owner", "interval", "file_reading", "image_reading")
RESERVED = frozenset({"add"})  # /hosts/add/ is the form


@transaction.atomic
def register(
    name: str,
    *,
    kind: str,
    address: str,
    at: datetime,
    group_name: str = "",
    tags: Iterable[str] = (),
    environment: str = "",
    owner: str = "",
    interval: int | None = None,
    file_reading: str = "",
    image_reading: str = Host.Images.NONE,
) -> Host:
    """Enter a host; its first scan is due at once."""
    host = Host(
        name=name,
        slug=free_slug(name),
        group=group_named(group_name),
        environment=environment,
        owner=owner,
        file_reading=file_reading or usual_files(kind),
        image_reading=image_reading,
        scan_due_at=at,
        created_at=at,
    )
    if interval is not None:
        host.interval = interval
    host.full_clean(exclude=["slug"])
    host.save()
    connection = Connection(host=host, kind=kind, address=address)
    connection.full_clean()
    connection.save()
    set_tags(host, tags)
    return host


@transaction.atomic
def change(
    host: Host,
    *,
    name: str,
    group_name: str,
    tags: Iterable[str],
    environment: str,
    owner: str,
    interval: int,
    file_reading: str,
    image_reading: str,
    at: datetime,
) -> None:
    """Set how the host is called and read. Its page keeps its address; a new way of reading scans it at once."""
    reads_otherwise = (host.file_reading, host.image_reading) != (file_reading, image_reading)
    host.name, host.environment, host.owner, host.interval = name, environment, owner, interval
    host.file_reading, host.image_reading = file_reading, image_reading
    host.group = group_named(group_name)
    if host.scan_due_at is not None:
        host.scan_due_at = at if reads_otherwise else min(host.scan_due_at, host.next_due(at))
    host.full_clean()
    host.save(update_fields=[*CHANGED, "group", "scan_due_at"])
    set_tags(host, tags)


def set_tags(host: Host, names: Iterable[str]) -> None:
    """The host's tags from now on, as slugs; new ones are made, those that no host has any more are gone."""
    wanted = set(names)
    Tag.objects.bulk_create([Tag(name=name) for name in sorted(wanted)], ignore_conflicts=True)
    host.tags.set(Tag.objects.filter(name__in=wanted))
    forget_unused_tags()


def forget_unused_tags() -> None:
    Tag.objects.filter(hosts=None).delete()


def group_named(name: str) -> Group | None:
    """The group of that name, made if it is new; None for no name."""
    if not name:
        return None
    found = Group.objects.filter(name__iexact=name).first()
    return found or Group.objects.create(name=name, slug=slugify(name)[:80] or f"group-{Group.objects.count() + 1}")


def free_slug(name: str) -> str:
    """A slug nobody has: the name's own, else numbered."""
    base = slugify(name)[:100] or "host"
    taken = RESERVED | set(Host.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{base}-{number}") not in taken)


def try_connection(endpoint: Endpoint | str) -> tuple[bool, Message]:
    """Ask the Engine for its version: whether it answers, and the sentence for the person who asked."""
    trial = trying.try_connection(endpoint)
    failure = next((step.message for step in trial.steps if step.message), None)
    if failure:
        return False, failure
    return True, say("Connected: Engine %(version)s, API %(api)s.", version=trial.engine or "?", api=trial.api)


def remove(host: Host) -> None:
    """Delete the host with its scans and findings. What was counted of its days stays (`scans.leaving`)."""
    host.delete()
    forget_unused_tags()


def remove_samples() -> int:
    """Delete the sample fleet with its days, and groups it leaves empty; the number of hosts removed."""
    removed = Host.objects.samples().count()
    groups = set(Host.objects.samples().values_list("group_id", flat=True))
    Host.objects.samples().delete()
    Group.objects.filter(pk__in=groups - {None}, hosts=None).delete()
    forget_unused_tags()
    return removed
