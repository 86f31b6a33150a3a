"""CIS Docker Benchmark, section 5: ports and bridges of a container."""

from __future__ import annotations

from collections.abc import Iterable

from secdash.checks.engine import check
from secdash.checks.outcome import HIGH, LOW, MEDIUM, Outcome, Status, fails_if, not_applicable, unknown
from secdash.checks.remedy import TRY, ComposeFix, Drop, Include, compose
from secdash.checks.service import PUBLISH_ALL, on_loopback, port_entry
from secdash.facts.message import say
from secdash.facts.model import Container, Port, Snapshot, known

EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - recognised here, never bound to
# 1024 itself needs no privilege on Linux: net.ipv4.ip_unprivileged_port_start is 1024, the first port that is free.
FIRST_UNPRIVILEGED = 1024
DEFAULT_BRIDGES = frozenset({"default", "bridge"})
PORTS = "NetworkSettings.Ports"


def publish_on_loopback(container: Container) -> ComposeFix:
    """Each port once, on 127.0.0.1, in the place of all its entries that face every interface."""
    entries: dict[str, list[str]] = {}
    for port in everywhere(known(container.ports)):
        entries.setdefault(on_loopback(port), []).append(port_entry(port))
    return ComposeFix(
        say("Publish on the loopback address; put a reverse proxy in front, or the one address that is meant."),
        tuple(Include("ports", item, tuple(instead_of)) for item, instead_of in entries.items()),
        TRY,
        say("Clients on other machines do not reach it any more, but through a proxy on this one."),
    )


@check(
    Container,
    severity=HIGH,
    cis={"1.6": "5.14"},
    risks=("network-exposure",),
    fix=publish_on_loopback,
)
def published_on_all_interfaces(container: Container) -> Outcome:
    """Published on every interface"""
    found = [port_entry(port) for port in everywhere(known(container.ports))]
    reason = say("Every network of the host reaches %(ports)s, usually past ufw and firewalld.", ports=", ".join(found))
    return _unless_host_network(container, fails_if(bool(found), reason, _seen(container)))


@check(
    Container,
    severity=LOW,
    cis={"1.6": "5.8"},
    risks=("network-exposure",),
)
def privileged_port_published(container: Container) -> Outcome:
    """Published on a privileged port"""
    found = [port_entry(port) for port in known(container.ports) if _is_privileged(port.host_port)]
    reason = say("It answers on %(ports)s, where people expect the host's own services.", ports=", ".join(found))
    return _unless_host_network(container, fails_if(bool(found), reason, _seen(container)))


@check(
    Container,
    severity=MEDIUM,
    cis={"1.6": "5.9"},
    risks=("network-exposure",),
    fix=compose(say("Publish the ports that are needed one by one, each on the address meant."), Drop(PUBLISH_ALL)),
)
def all_ports_published(container: Container) -> Outcome:
    """Publishes every exposed port"""
    everything = known(container.publish_all)
    reason = say("Each port that its image exposes is opened on the host, also those a new image adds.")
    return _unless_host_network(container, fails_if(everything, reason, {"HostConfig.PublishAllPorts": everything}))


@check(
    Container,
    severity=LOW,
    cis={"1.6": "5.30"},
    risks=("network-exposure", "app-container-leak"),
    fix=compose(
        say("Move it to the network of its Compose project; containers it talks to must be there too."),
        Drop("network_mode"),
    ),
)
def default_bridge(container: Container, snapshot: Snapshot) -> Outcome:
    """On the default bridge"""
    mode = known(container.network_mode)
    if snapshot.engine.podman and mode in DEFAULT_BRIDGES:
        return unknown(say("Podman says bridge of every network; look at podman inspect on the host."))
    reason = say("It shares a network with every other container that was given none.")
    return fails_if(mode in DEFAULT_BRIDGES, reason, {"HostConfig.NetworkMode": mode})


def everywhere(ports: Iterable[Port]) -> list[Port]:
    return [port for port in ports if port.address in EVERYWHERE]


def _is_privileged(host_port: str) -> bool:
    """Of a range such as 1000-1010, the first decides. "" means that the Engine takes a high one."""
    first = host_port.partition("-")[0]
    return first.isdecimal() and 0 < int(first) < FIRST_UNPRIVILEGED


def _seen(container: Container) -> dict[str, object]:
    return {PORTS: [port_entry(port) for port in known(container.ports)]}


def _unless_host_network(container: Container, outcome: Outcome) -> Outcome:
    """On the host's network nothing is published and everything is open: a pass would be false."""
    if outcome.status is Status.PASS and known(container.network_mode) == "host":
        return not_applicable(say("It shares the host's network, where ports are open without being published."))
    return outcome
