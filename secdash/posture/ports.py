"""What a host's containers publish, port by port: where it is reached, from where, and what it leads to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from ipaddress import ip_address
from typing import NamedTuple

from secdash.facts.model import Container, Port
from secdash.posture.exposure import EVERY_ADDRESS, all_ports


class Reach(Enum):
    """From where a published port is reached; the widest first."""

    EVERYWHERE = "everywhere"  # every address of the host
    ADDRESS = "address"  # one address of the host
    LOOPBACK = "loopback"  # the host itself


class Published(NamedTuple):
    """A port of the host that leads into a container. `families` are 4 and 6, those it is reached by."""

    reach: Reach
    address: str
    families: tuple[int, ...]
    host_port: str
    protocol: str
    container_port: int
    key: str
    name: str

    @property
    def order(self) -> tuple[int, str, int, str]:
        port = int(self.host_port) if self.host_port.isdecimal() else 0
        return (list(Reach).index(self.reach), self.address, port, self.name)


def published(containers: Iterable[Container]) -> list[Published]:
    """The widest first; a port that is open on IPv4 and IPv6 alike is one line."""
    return sorted((line for each in containers for line in _of(each)), key=lambda line: line.order)


def _of(container: Container) -> Iterator[Published]:
    merged: dict[tuple[str, str, str, int], set[int]] = {}
    for port in all_ports(container):
        address = "" if port.address in EVERY_ADDRESS else port.address
        place = (address, port.host_port, port.protocol or "tcp", port.container_port)
        merged.setdefault(place, set()).update(_families(port))
    for (address, host_port, protocol, inner), families in merged.items():
        spoken = tuple(sorted(families))
        yield Published(_reach(address), address, spoken, host_port, protocol, inner, container.key, container.name)


def _families(port: Port) -> tuple[int, ...]:
    if port.address == "":
        return (4, 6)
    return (6,) if ":" in port.address else (4,)


def _reach(address: str) -> Reach:
    if not address:
        return Reach.EVERYWHERE
    try:
        return Reach.LOOPBACK if ip_address(address).is_loopback else Reach.ADDRESS
    except ValueError:
        return Reach.ADDRESS  # a name, or what is no address: it is at least not said to be loopback
