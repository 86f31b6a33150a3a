"""What can be done to the register of hosts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from secdash.accounts.models import User
from secdash.audit.recording import record
from secdash.facts import ssh_keys, trying
from secdash.facts.endpoint import Endpoint, SshIdentity, TlsIdentity
from secdash.facts.message import Message, say
from secdash.fleet import access
from secdash.fleet.credentials import sealed
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
    by: User | None = None,
    identity: TlsIdentity | SshIdentity | None = None,
    host_key: str = "",
    expires_at: datetime | None = None,
    group_name: str = "",
    tags: Iterable[str] = (),
    interval: int | None = None,
    file_reading: str = "",
    **details: Any,
) -> Host:
    """Enter a host; its first scan is due at once, unless nobody has given yet what opens its door.

    `details` are further fields of the host. Raises ValidationError for what is not right, and for a group in which
    `by` may place no host; nobody is the machine itself, which may.
    """
    connection = Connection(
        kind=kind, address=address, sealed=sealed(identity), host_key=host_key, expires_at=expires_at
    )
    host = Host(name=name, slug=free_slug(name), file_reading=file_reading or usual_files(kind), **details)
    host.interval = host.interval if interval is None else interval
    host.created_at, host.group = at, _group_for(by, group_name)
    _saved_together(host, connection)
    set_tags(host, tags)
    record("host.registered", by=by, on=host, after=told(host), at=at)
    return host


def _saved_together(host: Host, connection: Connection) -> None:
    """Both for the first time."""
    connection.host = host
    waits = connection.needs_credentials or host.is_offline
    host.scan_due_at = None if waits else host.created_at
    host.full_clean(exclude=["slug"])
    host.save()
    connection.full_clean(exclude=["host"])
    connection.save()


def _group_for(by: User | None, name: str) -> Group | None:
    """The group in which this person puts a host. Raises ValidationError where they may not."""
    if by is not None and (why := access.why_not_placed(by, name)):
        raise ValidationError({"group": why})
    return group_named(name)


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
    by: User | None = None,
) -> None:
    """Set how the host is called and read. Its page keeps its address; a new way of reading scans it at once.

    Raises ValidationError as `register` does.
    """
    before = told(host)
    reads_otherwise = (host.file_reading, host.image_reading) != (file_reading, image_reading)
    host.name, host.environment, host.owner, host.interval = name, environment, owner, interval
    host.file_reading, host.image_reading = file_reading, image_reading
    host.group = _group_for(by, group_name)
    if host.scan_due_at is not None:
        host.scan_due_at = at if reads_otherwise else min(host.scan_due_at, host.next_due(at))
    host.full_clean()
    host.save(update_fields=[*CHANGED, "group", "scan_due_at"])
    set_tags(host, tags)
    record("host.changed", by=by, on=host, before=before, after=told(host), at=at)


def told(host: Host) -> dict[str, Any]:
    """The host as the log of changes keeps it: nothing that opens a door."""
    return {
        **{name: getattr(host, name) for name in CHANGED},
        "group": host.group.name if host.group else "",
        "tags": [tag.name for tag in host.tags.all()],
        **told_of_way(host.connection),
    }


def told_of_way(connection: Connection) -> Mapping[str, Any]:
    """How it is reached, as the log keeps it: addresses, fingerprints and days, and nothing that opens a door."""
    return {
        "kind": connection.kind,
        "address": connection.address,
        "host_key": ssh_keys.of_line(connection.host_key)[1] if connection.host_key else "",
        "certificate_ends": connection.expires_at,
    }


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


@transaction.atomic
def remove(host: Host, *, by: User | None = None, at: datetime | None = None) -> None:
    """Delete the host with its scans and findings. What was counted of its days stays (`scans.leaving`)."""
    record("host.removed", by=by, on=host, before=told(host), at=at)
    host.delete()
    forget_unused_tags()


def remove_samples(*, by: User | None = None, at: datetime | None = None) -> int:
    """Delete the sample fleet with its days, and groups it leaves empty; the number of hosts removed."""
    removed = Host.objects.samples().count()
    groups = set(Host.objects.samples().values_list("group_id", flat=True))
    Host.objects.samples().delete()
    Group.objects.filter(pk__in=groups - {None}, hosts=None).delete()
    forget_unused_tags()
    record("samples.removed", by=by, before={"hosts": removed}, at=at)
    return removed
