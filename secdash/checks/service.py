"""How a container's settings are written as items of a Compose service, for checks that name them and fixes alike."""

from __future__ import annotations

import re

from secdash.facts.model import Device, Mount, Port, Ulimit

ANONYMOUS = re.compile(r"[0-9a-f]{64}")
USUAL_PROPAGATION = ("", "rprivate")
RELABELLINGS = ("z", "Z")
BARE_SWITCH = "no-new-privileges"
SECCOMP_FILE = "./seccomp.json"  # where the profile must be kept that the Engine holds as text
PUBLISH_ALL = "x-publish-all"  # Compose has no word for `docker run --publish-all`, and ignores what begins with x-


def port_entry(port: Port) -> str:
    """`ADDRESS:HOST:CONTAINER/PROTO`; an empty part is left out, and so is tcp. IPv6 stands in brackets."""
    address = f"[{port.address}]" if ":" in port.address else port.address
    container = f"{port.container_port}" if port.protocol in ("", "tcp") else f"{port.container_port}/{port.protocol}"
    if address:
        return f"{address}:{port.host_port}:{container}"
    return f"{port.host_port}:{container}" if port.host_port else container


def on_loopback(port: Port) -> str:
    """The same port, published on the host's own loopback address only."""
    return port_entry(Port(port.container_port, port.protocol, "127.0.0.1", port.host_port))


def mount_entry(mount: Mount) -> str:
    """`SOURCE:TARGET[:ro][,propagation]` of a bind or a named volume; the target alone of an anonymous volume."""
    source = mount_source(mount)
    options = mount_options(mount)
    parts = [part for part in (source, mount.destination, ",".join(options)) if part]
    return mount.destination if not source else ":".join(parts)


def mount_source(mount: Mount) -> str:
    """What stands left of the colon: the host's path, the volume's name, or "" for an anonymous volume."""
    if mount.type == "bind":
        return mount.source
    return "" if ANONYMOUS.fullmatch(mount.name) else mount.name


def mount_options(mount: Mount) -> tuple[str, ...]:
    """What differs from a plain read-write mount. Docker says `z` of every named volume: it counts for binds only."""
    options = ["ro"] if mount.read_only else []
    if mount.type == "bind":
        options += [flag for flag in RELABELLINGS if flag in mount.mode.split(",")]
    if mount.propagation not in USUAL_PROPAGATION:
        options.append(mount.propagation)
    return tuple(options)


def device_entry(device: Device) -> str:
    """`HOST:CONTAINER:PERMS`."""
    return f"{device.host}:{device.container}:{device.permissions or 'rwm'}"


def security_entry(option: str) -> str:
    """`key=value`, whichever of the two separators the Engine kept; a bare switch is written out as true."""
    if option == BARE_SWITCH:
        return f"{BARE_SWITCH}=true"
    key, separator, value = option.partition("=")
    if not separator or ":" in key:
        key, separator, value = option.partition(":")
    return f"{key}={value}" if separator else option


def is_seccomp_profile(entry: str) -> bool:
    """Whether a security option holds a profile's whole JSON."""
    key, _, value = entry.partition("=")
    return key == "seccomp" and value.lstrip().startswith("{")


def tmpfs_entry(path: str, options: str) -> str:
    """`PATH:OPTIONS`, or the path alone."""
    return f"{path}:{options}" if options else path


def ulimit_value(ulimit: Ulimit) -> int | dict[str, int]:
    """One number where both limits are the same, else the mapping that Compose knows."""
    return ulimit.hard if ulimit.soft == ulimit.hard else {"soft": ulimit.soft, "hard": ulimit.hard}
