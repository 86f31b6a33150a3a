"""The kernel's tables of the host: mount points and TCP listeners."""

from __future__ import annotations

import ipaddress
import re

from secdash.facts.model import Listener

OCTAL = re.compile(r"\\([0-7]{3})")
ADDRESS = re.compile(r"(?:[0-9A-F]{8}|[0-9A-F]{32}):[0-9A-F]{4}")
LISTEN = "0A"
EPHEMERAL = 32768  # the first of the ports that Linux gives out by itself: who listens there comes and goes

# Mounts of the kernel, of sessions and of containers come and go with what runs: they say nothing of how the disks are
# laid out, and would make two looks at an unchanged host differ.
PASSING = ("/proc", "/sys", "/dev", "/run", "/var/run", "/snap", "/var/lib/containerd", "/var/lib/kubelet", "/tmp")  # noqa: S108 - nothing is written there


def mount_points(mountinfo: str, data_roots: tuple[str, ...]) -> tuple[str, ...]:
    """Where file systems are mounted, but for what comes and goes: that below PASSING or below a data root.

    What holds a data root stays, wherever it is.
    """
    places = {_unescaped(fields[4]) for line in mountinfo.splitlines() if len(fields := line.split(" ")) > 4}
    above = (*PASSING, *data_roots)
    return tuple(sorted(place for place in places if not _is_below(place, above) or _holds_one(place, data_roots)))


def root_of(mountinfo: str) -> tuple[str, str] | None:
    """Device and folder that are mounted as `/`: equal for two processes that see the same files."""
    lines = (line.split(" ") for line in mountinfo.splitlines())
    roots = [(fields[2], fields[3]) for fields in lines if len(fields) > 4 and fields[4] == "/"]
    return roots[-1] if roots else None


def listeners(tables: tuple[str, ...], ports: frozenset[int] = frozenset()) -> tuple[Listener, ...]:
    """Who listens, from tcp and tcp6; of the ephemeral ports only these."""
    found = {
        _listener(fields[1])
        for table in tables
        for line in table.splitlines()
        if len(fields := line.split()) > 3 and fields[3] == LISTEN and ADDRESS.fullmatch(fields[1])
    }
    kept = [listener for listener in found if listener.port < EPHEMERAL or listener.port in ports]
    return tuple(sorted(kept, key=lambda listener: (listener.port, listener.address)))


def _listener(word: str) -> Listener:
    """The kernel writes each 32-bit word in the byte order of the machine, which is little-endian where Docker runs."""
    address, _, port = word.partition(":")
    words = [bytes.fromhex(address[start : start + 8])[::-1] for start in range(0, len(address), 8)]
    return Listener(_written(b"".join(words)), int(port, 16))


def _written(address: bytes) -> str:
    found = ipaddress.ip_address(address)
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)


def _holds_one(place: str, data_roots: tuple[str, ...]) -> bool:
    return any(root == place or _is_below(root, (place,)) for root in (path.rstrip("/") for path in data_roots))


def _is_below(place: str, folders: tuple[str, ...]) -> bool:
    return any(place.startswith(f"{folder.rstrip('/')}/") for folder in folders)


def _unescaped(word: str) -> str:
    return OCTAL.sub(lambda match: chr(int(match[1], 8)), word)
