"""All facts of one look at a host."""

from __future__ import annotations

from typing import cast

import msgspec

from secdash.facts.message import say
from secdash.facts.model.base import READ_SINCE, Fact, Record, Unknown
from secdash.facts.model.container import Container
from secdash.facts.model.engine import Engine
from secdash.facts.model.host import HostFacts, HostFile
from secdash.facts.model.image import Image
from secdash.facts.model.network import Network, Volume
from secdash.facts.model.service import Service

Subject = Engine | Container | Image | Network | Volume | HostFile | Service
KINDS = ("engine", "container", "image", "network", "volume", "file", "service")
HOST_NOT_READ = Unknown(
    say("The files of this host are not read; choose in the settings of the host how to read them.")
)


class Snapshot(Record, frozen=True):
    """All facts of one look at a host. A listing that could not be read is Unknown: then nothing may be called gone."""

    engine: Engine
    containers: Fact[tuple[Container, ...]]
    images: Fact[tuple[Image, ...]]
    networks: Fact[tuple[Network, ...]]
    volumes: Fact[tuple[Volume, ...]]
    host: Fact[HostFacts] = HOST_NOT_READ
    services: Fact[tuple[Service, ...]] = READ_SINCE
    swarm_secrets: Fact[int] = READ_SINCE


def listing(snapshot: Snapshot, kind: str) -> Fact[tuple[Subject, ...]]:
    """All subjects of the kind. Unknown where they could not be listed; raises KeyError for no kind of ours."""
    if kind == "engine":
        return (snapshot.engine,)
    if kind == "file":
        return snapshot.host if isinstance(snapshot.host, Unknown) else snapshot.host.files
    return cast("Fact[tuple[Subject, ...]]", getattr(snapshot, LISTINGS[kind]))


def is_complete(snapshot: Snapshot, kind: str) -> bool:
    """Whether what is missing from the listing is gone."""
    if kind == "file":
        return not isinstance(snapshot.host, Unknown) and not snapshot.host.unread
    return not isinstance(listing(snapshot, kind), Unknown)


LISTINGS = {
    "container": "containers",
    "image": "images",
    "network": "networks",
    "volume": "volumes",
    "service": "services",
}


# Made while this module is imported, by one thread: msgspec crashes where two first meet the same records at once.
READER = msgspec.json.Decoder(Snapshot)


def dump(snapshot: Snapshot) -> bytes:
    """The snapshot as canonical JSON: equal facts give equal bytes, whatever order the Engine listed them in."""
    return msgspec.json.encode(snapshot, order="deterministic")


def dump_part(facts: object) -> bytes:
    """A subject, or a part of the snapshot, as it stands in `dump`."""
    return msgspec.json.encode(facts, order="deterministic")


def load(data: bytes) -> Snapshot:
    """The inverse of `dump`. Raises msgspec.ValidationError for anything else."""
    return READER.decode(data)
