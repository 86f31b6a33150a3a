"""A managed plugin of the Engine: what it was granted when it was installed. Its settings' values stay out."""

from __future__ import annotations

from secdash.facts.model import Plugin
from secdash.facts.parse.parts import capability
from secdash.facts.parse.reading import flag, in_any_order, items, mapping, text


def plugin(value: object) -> Plugin:
    """Lists and objects that hold nothing are null or left out."""
    found = mapping(value)
    config, settings = mapping(found.get("Config")), mapping(found.get("Settings") or {})
    linux = mapping(config.get("Linux") or {})
    return Plugin(
        name=text(found.get("Name")),
        enabled=flag(found.get("Enabled")),
        network=text(mapping(config.get("Network") or {}).get("Type") or ""),
        host_pid=flag(config.get("PidHost") or False),
        host_ipc=flag(config.get("IpcHost") or False),
        all_devices=flag(linux.get("AllowAllDevices") or False),
        capabilities=in_any_order(capability)(linux.get("Capabilities") or []),
        sources=_sources(settings.get("Mounts") or []),
    )


def _sources(mounts: object) -> tuple[str, ...]:
    sources = (text(mapping(mount).get("Source") or "") for mount in items(mounts))
    return tuple(sorted(source for source in sources if source))
