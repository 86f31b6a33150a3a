"""The way to a host: tried, replaced and pinned. What a test finds out is nobody's fact until a scan reads it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from secdash import sealing
from secdash.accounts.models import User
from secdash.audit.recording import record
from secdash.facts import ssh_keys, trying
from secdash.facts.connect import Unreachable
from secdash.facts.endpoint import Endpoint, SshIdentity, TlsIdentity
from secdash.facts.message import Message, say
from secdash.facts.trouble import Stage
from secdash.facts.trying import HostKey, Step, Trial
from secdash.fleet import ways
from secdash.fleet.credentials import sealed
from secdash.fleet.models import Connection, Host
from secdash.fleet.reaching import known_as, place_of
from secdash.fleet.services import told_of_way

NO_CREDENTIALS = say("Nobody has given secdash yet what opens the door of this host. Give it in the host’s settings.")
LOST_KEY = say(
    "What opens the door of this host was sealed with a key that is no longer set. Give it again, or put the old key "
    "back into SECDASH_SEALING_KEYS."
)


class Answer(NamedTuple):
    """What a test found. `presented`: the key of an SSH host that nobody has confirmed yet; no more was tried."""

    trial: Trial | None = None
    presented: HostKey | None = None

    @property
    def passed(self) -> bool:
        return self.trial is not None and self.trial.passed


def try_it(endpoint: Endpoint) -> Answer:
    """Connect as a scan would; but an SSH host whose key is not pinned yet is only asked for that key."""
    if isinstance(endpoint.identity, SshIdentity) and not endpoint.identity.host_key:
        return ask_host_key(endpoint.url)
    return Answer(trying.try_connection(endpoint))


def ask_host_key(url: str) -> Answer:
    """The key that the host shows, or how far one came on the way to it."""
    try:
        return Answer(presented=trying.host_key_of(url))
    except Unreachable as error:
        return Answer(Trial((Step("host_key", "failed", error.message),)))


def key_with(fingerprint: str, url: str) -> HostKey:
    """The key that the SSH host shows, where it is the expected one. Raises Unreachable, before ours is shown to it."""
    shown = trying.host_key_of(url)
    if shown.fingerprint != fingerprint:
        told = say("This host shows another key, with the fingerprint %(fingerprint)s.", fingerprint=shown.fingerprint)
        raise Unreachable(told, Stage.HOST_KEY)
    return shown


def try_host(connection: Connection) -> Answer:
    """The way to a registered host, as its next scan will go it."""
    if connection.needs_credentials:
        return _refused(NO_CREDENTIALS)
    try:
        return Answer(trying.try_connection(connection.endpoint))
    except sealing.Unreadable:
        return _refused(LOST_KEY)


def _refused(why: Message) -> Answer:
    return Answer(Trial((Step("identity", "failed", why),)))


@transaction.atomic
def reach_otherwise(
    host: Host,
    *,
    kind: str,
    address: str,
    identity: TlsIdentity | SshIdentity | None,
    expires_at: datetime | None,
    host_key: str,
    by: User,
    at: datetime,
) -> None:
    """From now on the host is reached like this; its scans and findings stay, and it is scanned at once."""
    connection = Connection.objects.select_for_update().get(host=host)
    before = told_of_way(connection)
    has_new = sealed_otherwise(connection, identity)
    connection.kind, connection.address, connection.host_key = kind, address, host_key
    connection.expires_at = expires_at
    if has_new:
        connection.sealed = sealed(identity)
        connection.replaced_at, connection.replaced_by = at, by
    connection.full_clean(exclude=["host"])
    connection.save()
    _read_as_fits(host, kind, at)
    host.connection = connection
    after = {**told_of_way(connection), "credentials": "new" if has_new else "as before"}
    record("connection.changed", by=by, on=host, before=before, after=after, at=at)


def sealed_otherwise(connection: Connection, identity: TlsIdentity | SshIdentity | None) -> bool:
    """Whether this opens the door with something else than before; a pinned host key is no part of it."""
    try:
        before = connection.endpoint.identity
    except sealing.Unreadable:
        return True
    return _without_host_key(before) != _without_host_key(identity)


def _without_host_key(identity: TlsIdentity | SshIdentity | None) -> object:
    return SshIdentity(identity.key, "", identity.passphrase) if isinstance(identity, SshIdentity) else identity


def _read_as_fits(host: Host, kind: str, at: datetime) -> None:
    """A way of reading that the new connection cannot serve gives way to the usual one."""
    if host.file_reading not in {way.value for way in ways.fitting(ways.FILES, kind)}:
        host.file_reading = ways.usual_files(kind)
    if host.image_reading not in {way.value for way in ways.fitting(ways.IMAGES, kind)}:
        host.image_reading = Host.Images.NONE
    host.scan_due_at = at
    host.save(update_fields=["file_reading", "image_reading", "scan_due_at"])


def is_shown_by(connection: Connection, line: str) -> bool:
    """Whether this is a line of known_hosts for the SSH host of this connection."""
    place = place_of(connection.kind, connection.address)
    return line.split(" ")[0] == known_as(place) and bool(ssh_keys.of_line(line)[0])


@transaction.atomic
def pin(host: Host, line: str, *, by: User, at: datetime) -> None:
    """Somebody looked at the key that the SSH host shows now, and says that it is right."""
    connection = Connection.objects.select_for_update().get(host=host)
    before, connection.host_key = told_of_way(connection), line
    connection.save(update_fields=["host_key"])
    Host.objects.filter(pk=host.pk).update(scan_due_at=at)
    host.connection = connection
    record("connection.pinned", by=by, on=host, before=before, after=told_of_way(connection), at=at)
