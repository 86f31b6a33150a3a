"""What is judged. Importing this package fills the catalogue, section by section, by name."""

from __future__ import annotations

from secdash.checks import (
    confinement,
    daemon,
    drift,
    escape,
    flaws,
    host,
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
    "confinement",
    "daemon",
    "drift",
    "escape",
    "flaws",
    "host",
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
