"""The register as a file, host by host. Nothing of it opens a door."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

import yaml

from secdash.fleet.exchange.fields import FIELDS
from secdash.fleet.models import Connection, Host
from secdash.web.spreadsheets import Echo, harmless

REACHED = (Connection.Kind.UNIX, Connection.Kind.TLS, Connection.Kind.SSH, Connection.Kind.TCP)
WRITTEN = (*REACHED, Connection.Kind.OFFLINE)


def values_of(host: Host) -> dict[str, str]:
    """By name of the field, all as text. The host has its group, connection and tags with it."""
    return {
        "name": host.name,
        "kind": host.connection.kind,
        "address": "" if host.is_offline else host.connection.address,  # there it names the key
        "group": host.group.name if host.group else "",
        "tags": " ".join(sorted(tag.name for tag in host.tags.all())),
        "environment": host.environment,
        "owner": host.owner,
        "interval": str(host.interval),
        "files": host.file_reading,
        "images": host.image_reading,
    }


def as_csv(hosts: Iterable[Host]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(FIELDS)
    for host in _written(hosts):
        values = values_of(host)
        yield writer.writerow([harmless(values[name]) for name in FIELDS])


def as_yaml(hosts: Iterable[Host]) -> Iterator[str]:
    """Empty fields are left out, and tags are a list."""
    yield "hosts:\n"
    for host in _written(hosts):
        told = {name: value for name, value in values_of(host).items() if value}
        if "tags" in told:
            told["tags"] = told["tags"].split()  # type: ignore[assignment]
        yield yaml.safe_dump([told], sort_keys=False, allow_unicode=True, width=1000)


def _written(hosts: Iterable[Host]) -> Iterator[Host]:
    """Sample hosts are no part of a register that one could read in again."""
    return (host for host in hosts if host.connection.kind in WRITTEN)
