"""What is judged. Importing this package fills the catalogue, section by section, by name."""

from __future__ import annotations

from secdash.checks import (
    accounts,
    audit,
    confinement,
    daemon,
    daemon_files,
    drift,
    escape,
    flaws,
    host,
    host_files,
    images,
    kernel_support,
    limits,
    mounts,
    namespaces,
    network_settings,
    networks,
    operations,
    plugins,
    privileges,
    reach,
    registries,
    runtimes,
    services,
    swarm,
)
from secdash.checks.engine import CATALOGUE
from secdash.checks.risks import RISKS

for _check in CATALOGUE.values():
    if _strangers := set(_check.risks) - RISKS.keys():
        raise ValueError(f"check {_check.name}: no such risks: {', '.join(sorted(_strangers))}")

__all__ = [
    "CATALOGUE",
    "accounts",
    "audit",
    "confinement",
    "daemon",
    "daemon_files",
    "drift",
    "escape",
    "flaws",
    "host",
    "host_files",
    "images",
    "kernel_support",
    "limits",
    "mounts",
    "namespaces",
    "network_settings",
    "networks",
    "operations",
    "plugins",
    "privileges",
    "reach",
    "registries",
    "runtimes",
    "services",
    "swarm",
]
