"""Hosts that nobody connects to: entering one, and the key that signs what is brought from it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from secdash.accounts.models import User
from secdash.audit.recording import record
from secdash.facts.offline.envelope import name_of, new_key
from secdash.fleet import services
from secdash.fleet.credentials import sealed_upload_key, upload_key_of
from secdash.fleet.models import Connection, Host

A_DAY = 24 * 60  # minutes
NO_KEY_YET = "none"  # the address of a host whose key is yet to be made


@transaction.atomic
def register(
    name: str,
    *,
    at: datetime,
    by: User | None = None,
    group_name: str = "",
    tags: Iterable[str] = (),
    environment: str = "",
    owner: str = "",
    interval: int = A_DAY,
) -> Host:
    """Enter a host that is known by uploads alone. It has a key from the beginning."""
    host = services.register(
        name,
        kind=Connection.Kind.OFFLINE,
        address=NO_KEY_YET,
        at=at,
        by=by,
        group_name=group_name,
        tags=tags,
        environment=environment,
        owner=owner,
        interval=interval,
    )
    _give(host.connection)
    return host


@transaction.atomic
def renew_key(host: Host, *, by: User | None, at: datetime) -> None:
    """From now on only what is signed with a new key is taken; files that hold the old one are of no use any more."""
    connection = Connection.objects.select_for_update().get(host=host)
    before = services.told_of_way(connection)
    connection.replaced_at, connection.replaced_by = at, by
    _give(connection)
    host.connection = connection
    record("connection.key_renewed", by=by, on=host, before=before, after=services.told_of_way(connection), at=at)


def hand_out(host: Host, *, by: User, at: datetime) -> str:
    """The key, for a file that this person takes to the host. Raises sealing.Unreadable."""
    record("connection.key_handed_out", by=by, on=host, after={"key": host.connection.address}, at=at)
    return key_of(host)


def key_of(host: Host) -> str:
    """Raises sealing.Unreadable."""
    return upload_key_of(host.connection.sealed)


def _give(connection: Connection) -> None:
    key = new_key()
    connection.address, connection.sealed = name_of(key), sealed_upload_key(key)
    connection.save()
