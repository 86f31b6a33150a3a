"""Who reaches what by default: the API from containers, published ports and container addresses from outside."""

from __future__ import annotations

import re

from secdash.checks.addresses import is_of_this_host
from secdash.checks.daemon import NO_DEFAULT_BRIDGE, NOT_PODMAN, PODMAN_HIDES_TCP, default_bridge_network
from secdash.checks.daemon_settings import setting
from secdash.checks.engine import check
from secdash.checks.isolation import unless_apart
from secdash.checks.networks import EVERYWHERE
from secdash.checks.outcome import CRITICAL, LOW, MEDIUM, Outcome, fails_if, not_applicable, unknown
from secdash.checks.releases.versions import parse
from secdash.checks.remedy import CommandFix, DaemonFix, Drop, Put
from secdash.facts.message import say
from secdash.facts.model import Engine, Listener, Snapshot, Unknown, known

PLAIN_API_PORT = 2375
TOLD = re.compile(r"API is accessible on https?://(\S+)")
HOST_BINDING = "com.docker.network.bridge.host_binding_ipv4"
HAS_DEFAULT_NETWORK_OPTIONS = (24, 0)
HAS_DIRECT_ROUTING = (28, 2)
NO_RAW_TABLE = "DOCKER_INSECURE_NO_IPTABLES_RAW"


@check(
    Engine,
    severity=CRITICAL,
    risks=("daemon-takeover",),
    far=("containers",),
)
def api_reachable_from_containers(engine: Engine, snapshot: Snapshot) -> Outcome:
    """Containers reach an open API"""
    if engine.podman:
        return unknown(PODMAN_HIDES_TCP)
    told = [address for warning in known(engine.warnings) for address in TOLD.findall(warning)]
    if not all(map(is_of_this_host, told)):
        return not_applicable(say("The API is open to the whole network; the check on that reports it."))
    neighbours = [c.name for c in known(snapshot.containers) if known(c.network_mode) == "host"]
    if told and neighbours:
        reason = say("On the host's network these reach the API without a password: %(names)s.", names=_few(neighbours))
        return fails_if(True, reason, {"info.Warnings": told, "HostConfig.NetworkMode host": neighbours})
    heard = _plain_listeners(snapshot)
    reason = say("A port that is Docker's without TLS answers at %(addresses)s.", addresses=", ".join(heard))
    reached = [address for address in heard if neighbours or not is_of_this_host(address)]
    return fails_if(bool(reached), reason, {"host, TCP listeners": heard, "HostConfig.NetworkMode host": neighbours})


def _bind_to_loopback(engine: Engine) -> DaemonFix:
    """Engines before 24.0 do not know the second key, and none starts with a key that it does not know."""
    changes = [Put("ip", "127.0.0.1")]
    version = None if isinstance(engine.version, Unknown) else parse(engine.version)
    if version and version.line >= HAS_DEFAULT_NETWORK_OPTIONS:
        changes.append(Put("default-network-opts", {"bridge": {HOST_BINDING: "127.0.0.1"}}))
    summary = say("Publish on the loopback address unless a container names another; new networks do the same.")
    return DaemonFix(summary, tuple(changes))


@check(
    Engine,
    severity=LOW,
    risks=("network-exposure",),
    fix=_bind_to_loopback,
    far=("networks",),
)
def publishes_everywhere_by_default(engine: Engine, snapshot: Snapshot) -> Outcome:
    """Ports are published everywhere by default"""
    if engine.podman:
        return not_applicable(NOT_PODMAN)
    bridge = default_bridge_network(snapshot)
    if bridge is None:
        return not_applicable(NO_DEFAULT_BRIDGE)
    address = dict(known(bridge.options)).get(HOST_BINDING, "")
    reason = say("Whoever publishes a port and names no address opens it to every network of the host.")
    return fails_if(address in EVERYWHERE, reason, {f"networks.{bridge.name}.Options.{HOST_BINDING}": address})


def _close_direct_routes(engine: Engine) -> DaemonFix | CommandFix:
    if any(NO_RAW_TABLE in warning for warning in known(engine.warnings)):
        return CommandFix(
            say("Take the variable out of the unit or the drop-in that the first command shows."),
            (
                f"systemctl cat docker | grep -n -e '^# /' -e {NO_RAW_TABLE}",
                "sudo systemctl edit docker",
                "sudo systemctl restart docker",
            ),
        )
    return DaemonFix(say("Let Docker filter what comes for containers directly."), (Drop("allow-direct-routing"),))


@check(
    Engine,
    severity=MEDIUM,
    risks=("network-exposure",),
    fix=_close_direct_routes,
)
def direct_routing_allowed(engine: Engine, snapshot: Snapshot) -> Outcome:
    """Container addresses reachable from outside"""
    if engine.podman:
        return not_applicable(NOT_PODMAN)
    reason = say("Who has a route to them reaches published ports past the address that they are published on.")
    warned = [warning for warning in known(engine.warnings) if NO_RAW_TABLE in warning]
    if warned:
        return unless_apart(engine, fails_if(True, reason, {"info.Warnings": warned}))
    version = parse(known(engine.version))
    if version and version.line < HAS_DIRECT_ROUTING:
        return not_applicable(say("This Engine is older than the setting, which came with 28.2."))
    allowed = known(setting(snapshot, "allow-direct-routing"))
    seen = {"daemon.json, allow-direct-routing": allowed}
    return unless_apart(engine, fails_if(allowed is True, reason, seen))


def _plain_listeners(snapshot: Snapshot) -> list[str]:
    """Where the host listens on the API's port without TLS, but for ports that containers publish."""
    published = {port.host_port for each in known(snapshot.containers) for port in known(each.ports)}
    found = [each for each in known(known(snapshot.host).listeners) if each.port == PLAIN_API_PORT]
    return [] if str(PLAIN_API_PORT) in published else [_written(each) for each in found]


def _written(listener: Listener) -> str:
    address = f"[{listener.address}]" if ":" in listener.address else listener.address
    return f"{address}:{listener.port}"


def _few(names: list[str]) -> str:
    return ", ".join(names[:5]) + (", …" if names[5:] else "")
