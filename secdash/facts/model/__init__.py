"""What was seen on a host: a frozen snapshot in which every fact is a value or says why it is unknown.

Nothing here is raw: `parse` builds these records and has redacted them. Times are ISO 8601 strings as the Engine
writes them, sizes are bytes, durations nanoseconds, all as the Engine counts them.
"""

from __future__ import annotations

from secdash.facts.model.base import READ_SINCE, Fact, FactMissing, Record, T, Unknown, known
from secdash.facts.model.container import WRITES_NOT_READ, Container
from secdash.facts.model.engine import ONLY_MANAGERS_TELL, Component, Engine, Plugin, Proxy, Registry, Swarm
from secdash.facts.model.host import AuditRule, DaemonConfiguration, HostFacts, HostFile, Listener, Setting
from secdash.facts.model.image import (
    FILES_NOT_READ,
    CapableFile,
    Distribution,
    HistoryStep,
    Image,
    ImageFiles,
    SecretFile,
    SetuidFile,
)
from secdash.facts.model.network import Network, Subnet, Volume
from secdash.facts.model.parts import Attachment, Device, EnvName, Exec, Healthcheck, Mount, Port, Process, Ulimit
from secdash.facts.model.service import Service
from secdash.facts.model.snapshot import (
    HOST_NOT_READ,
    KINDS,
    LISTINGS,
    Snapshot,
    Subject,
    dump,
    dump_part,
    is_complete,
    listing,
    load,
)

__all__ = [
    "FILES_NOT_READ",
    "HOST_NOT_READ",
    "KINDS",
    "LISTINGS",
    "ONLY_MANAGERS_TELL",
    "READ_SINCE",
    "WRITES_NOT_READ",
    "Attachment",
    "AuditRule",
    "CapableFile",
    "Component",
    "Container",
    "DaemonConfiguration",
    "Device",
    "Distribution",
    "Engine",
    "EnvName",
    "Exec",
    "Fact",
    "FactMissing",
    "Healthcheck",
    "HistoryStep",
    "HostFacts",
    "HostFile",
    "Image",
    "ImageFiles",
    "Listener",
    "Mount",
    "Network",
    "Plugin",
    "Port",
    "Process",
    "Proxy",
    "Record",
    "Registry",
    "SecretFile",
    "Service",
    "Setting",
    "SetuidFile",
    "Snapshot",
    "Subject",
    "Subnet",
    "Swarm",
    "T",
    "Ulimit",
    "Unknown",
    "Volume",
    "dump",
    "dump_part",
    "is_complete",
    "known",
    "listing",
    "load",
]
