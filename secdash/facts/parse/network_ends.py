"""A container's ends in the network: the ports it publishes and the networks it is attached to."""

from __future__ import annotations

from secdash.facts.model import Attachment, Port, Unknown
from secdash.facts.parse.reading import Malformed, Node, in_order, in_record_order, items, mapping, text

EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104 - compared with, not bound to


def ports(answer: Node) -> tuple[Port, ...] | Unknown:
    """What is published now and what will be at the next start, each binding once.

    The running side knows real addresses and host ports, so it wins where both speak of the same binding.
    """
    running = answer.at("NetworkSettings", "Ports").read(_port_map, absent=(), null=())
    asked = answer.at("HostConfig", "PortBindings").read(_port_map, null=())
    if isinstance(running, Unknown):
        return running
    if isinstance(asked, Unknown):
        return asked
    unseen = [port for port in asked if not any(_is_same(port, seen) for seen in running)]
    return in_record_order({*running, *unseen})


def _is_same(asked: Port, running: Port) -> bool:
    return (
        (asked.container_port, asked.protocol) == (running.container_port, running.protocol)
        and _matches_host_port(asked.host_port, running.host_port)
        and (asked.address == running.address or (asked.address == "" and running.address in EVERY_ADDRESS))
    )


def _matches_host_port(asked: str, running: str) -> bool:
    """Asked for nothing, or "0", any port will do; asked for a range, one of it."""
    first, _, last = asked.partition("-")
    if asked in ("", "0", running):
        return True
    return first.isdecimal() and last.isdecimal() and running.isdecimal() and int(first) <= int(running) <= int(last)


def _port_map(value: object) -> tuple[Port, ...]:
    """{"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}], "443/tcp": null}: null is exposed, not published."""
    return tuple(_port(name, binding) for name, bindings in mapping(value).items() for binding in items(bindings or []))


def _port(name: str, binding: object) -> Port:
    number, _, protocol = name.partition("/")
    if not (number.isascii() and number.isdigit() and len(number) <= 5):
        raise Malformed
    found = mapping(binding)
    address = text(found.get("HostIp", "")).removeprefix("[").removesuffix("]")
    return Port(int(number), protocol or "tcp", address, text(found.get("HostPort", "")))


def attachments(networks: Node, container_id: str) -> tuple[Attachment, ...] | Unknown:
    def ends(value: object) -> tuple[Attachment, ...]:
        return in_record_order(_attachment(name, end, container_id) for name, end in mapping(value).items())

    return networks.read(ends, null=(), absent=())


def _attachment(name: str, end: object, container_id: str) -> Attachment:
    found = mapping(end or {})
    aliases = in_order(text)(found.get("Aliases") or [])
    asked = mapping(found.get("IPAMConfig") or {})
    return Attachment(
        network=name,
        network_id=text(found.get("NetworkID", "")),
        aliases=tuple(sorted({alias for alias in aliases if alias != container_id[:12]})),
        address=text(asked.get("IPv4Address") or asked.get("IPv6Address") or ""),
    )
