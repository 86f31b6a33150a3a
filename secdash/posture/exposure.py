"""What a host's containers leave open: published ports, privileges, namespaces and sockets of the host. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from secdash.checks.engine import Verdict
from secdash.checks.outcome import Severity, Status
from secdash.facts.message import Message, say
from secdash.facts.model import Container, Port, Unknown

EVERY_ADDRESS = ("", "0.0.0.0", "::", "[::]")  # noqa: S104 - compared with, never bound
PORT_CHECK = "published-on-all-interfaces"

# What each failing check opens, in the words of the list, and its icon.
OPENINGS: dict[str, tuple[Message, str]] = {
    "unauthenticated-api": (say("API without authentication"), "net"),
    "api-reachable-from-containers": (say("API open to containers"), "net"),
    "unpublished-ports-open": (say("network with open ports"), "net"),
    "network-on-the-lan": (say("network on the LAN"), "net"),
    "privileged-container": (say("privileged"), "key"),
    "docker-socket-mounted": (say("Docker socket"), "key"),
    "runtime-socket-mounted": (say("runtime socket"), "key"),
    "host-root-mounted": (say("root of the host"), "folder"),
    "escape-chain": (say("escape chain"), "key"),
    "host-network": (say("host network"), "hosts"),
    "host-pid": (say("host processes"), "hosts"),
    "host-ipc": (say("host IPC"), "hosts"),
    "host-devices": (say("host devices"), "hosts"),
    "sensitive-host-path": (say("sensitive host path"), "folder"),
    "dangerous-capability": (say("dangerous capability"), "key"),
}


class Opening(NamedTuple):
    """One line. `label` is a message, or an address as it stands; `severity` is None where no check objects."""

    label: Message | str
    icon: str
    check: str
    kind: str
    key: str
    name: str
    severity: Severity | None

    @property
    def is_wide(self) -> bool:
        return self.severity is not None


def openings(verdicts: Iterable[Verdict], containers: Iterable[Container]) -> list[Opening]:
    """Worst first; ports that no check objects to come last."""
    failing = [verdict for verdict in verdicts if verdict.status is Status.FAIL]
    wide = {verdict.subject.key: verdict.severity for verdict in failing if verdict.check == PORT_CHECK}
    found = [*_failed(failing), *(line for each in containers for line in _ports(each, wide.get(each.key)))]
    return sorted(found, key=lambda line: (-1 if line.severity is None else line.severity, line.icon), reverse=True)


def _failed(failing: Iterable[Verdict]) -> Iterator[Opening]:
    for verdict in failing:
        if verdict.check in OPENINGS:
            label, icon = OPENINGS[verdict.check]
            subject = verdict.subject
            yield Opening(label, icon, verdict.check, subject.kind, subject.key, subject.name, verdict.severity)


def _ports(container: Container, severity: Severity | None) -> Iterator[Opening]:
    for port in published(container):
        objected = severity if port.address in EVERY_ADDRESS else None
        yield Opening(written(port), "net", PORT_CHECK, "container", container.key, container.name, objected)


def published(container: Container) -> tuple[Port, ...]:
    """One of each address and port; IPv4 and IPv6 wildcards count as one."""
    unique: dict[str, Port] = {}
    for port in all_ports(container):
        unique.setdefault(written(port), port)
    return tuple(unique.values())


def all_ports(container: Container) -> tuple[Port, ...]:
    return () if isinstance(container.ports, Unknown) else container.ports


def written(port: Port) -> str:
    """`0.0.0.0:8080`, `127.0.0.1:8080`, `*:53/udp`; the Engine chooses a port where none was given."""
    every = port.address in EVERY_ADDRESS
    # S104: the address is shown, nothing is bound to it.
    address = "0.0.0.0" if every else f"[{port.address}]" if ":" in port.address else port.address  # noqa: S104
    protocol = "" if port.protocol in ("", "tcp") else f"/{port.protocol}"
    return f"{address}:{port.host_port or '?'}{protocol}"


def is_wide(port: Port) -> bool:
    return port.address in EVERY_ADDRESS
