"""Sockets of the host in a container: services that take orders, the Engine with its logins, filtering proxies."""

from __future__ import annotations

import re

from secdash.checks import paths
from secdash.checks.engine import check
from secdash.checks.host_mounts import binds, judged, paths_seen, without
from secdash.checks.outcome import CRITICAL, HIGH, Outcome, fails_if, not_applicable, unknown
from secdash.checks.remedy import ComposeFix, Exclude, Include
from secdash.checks.service import port_entry
from secdash.facts.message import say
from secdash.facts.model import Container, EnvName, Mount, Port, Snapshot, known

LOGIN_FOLDER = "/run/secrets/docker"  # where `--use-api-socket` and Compose's use_api_socket put config.json
LOGIN_VARIABLE = "DOCKER_CONFIG"
# tecnativa/docker-socket-proxy, and linuxserver/socket-proxy which takes the same switches
PROXY = re.compile(r"(?:.*/)?(?:docker-)?socket-proxy(?:[:@].*)?")
ALL_CHANGES = "POST"
LOOPBACK = ("127.", "::1")


@check(
    Container,
    severity=HIGH,
    risks=("sys-root-calls", "daemon-takeover"),
    fix=without(
        say("Remove the socket; let a service of the host do what the container asked for."),
        binds(lambda path: bool(paths.control_sockets(path))),
    ),
)
def control_socket_mounted(container: Container, snapshot: Snapshot) -> Outcome:
    """Control socket of the host mounted"""
    found, missing = paths_seen(container, snapshot, lambda seen: bool(paths.control_sockets(seen.path)))
    if not found and paths_seen(container, snapshot, lambda seen: paths.is_within("/run", seen.path))[0]:
        return not_applicable(say("A folder above all sockets is mounted; the check on the Docker socket reports it."))
    whose = dict.fromkeys(name for seen in found for name in paths.control_sockets(seen.path))
    reason = say("From inside it can talk to services of the host: %(whose)s.", whose=", ".join(whose))
    return judged(found, missing, reason)


@check(
    Container,
    severity=CRITICAL,
    risks=("daemon-takeover", "secret-disclosure"),
    fix=without(
        say("Remove the socket, and what brings the login; then change the passwords that it held."),
        binds(paths.shows_docker_socket),
    ),
)
def registry_login_beside_socket(container: Container, snapshot: Snapshot) -> Outcome:
    """Registry login handed over with the socket"""
    sockets, missing = paths_seen(container, snapshot, lambda seen: paths.shows_docker_socket(seen.path))
    if missing and not sockets:
        raise missing
    logins = [f"Config.Env: {entry.name}" for entry in known(container.env) if _is_login(entry)]
    logins += [f"Mounts: {mount.destination}" for mount in known(container.mounts) if _holds_login(mount)]
    reason = say("It commands the Engine, and may pull and push in the name of whoever started it.")
    seen = {"Mounts": [found.path for found in sockets], "login": logins}
    return fails_if(bool(sockets and logins), reason, seen)


def _is_login(entry: EnvName) -> bool:
    return entry.name == LOGIN_VARIABLE and not entry.empty


def _holds_login(mount: Mount) -> bool:
    target = paths.normalise(mount.destination)
    return paths.is_within(target, LOGIN_FOLDER) or target.endswith("/.docker/config.json")


def _shut(container: Container) -> ComposeFix:
    on = [entry.name for entry in known(container.env) if entry.switch == "on"]
    ports = tuple(port_entry(port) for port in known(container.ports) if _is_reachable(port))
    return ComposeFix(
        say("Let it pass questions only; a tool that must change things gets a rootless Engine of its own."),
        (
            *(Include("environment", f"{name}=0", (name,)) for name in on),
            *((Exclude("ports", ports),) if ports else ()),
        ),
    )


@check(
    Container,
    severity=HIGH,
    risks=("daemon-takeover",),
    fix=_shut,
)
def socket_proxy_open(container: Container) -> Outcome:
    """Socket proxy lets changes through"""
    if not PROXY.fullmatch(known(container.image)):
        return not_applicable(say("It is no proxy of the Docker API that secdash knows."))
    switches = {entry.name: entry.switch for entry in known(container.env)}
    on = sorted(name for name, switch in switches.items() if switch == "on")
    published = [f"{port.address or '*'}:{port.host_port}" for port in known(container.ports) if _is_reachable(port)]
    if not on and not published and not switches.get(ALL_CHANGES):
        return unknown(say("Whether it lets changes through is not written in its environment."))
    reason = say("What it should hold back gets through, or reaches it from outside: then it guards nothing.")
    return fails_if(bool(on or published), reason, {"Config.Env, on": on, "ports": published})


def _is_reachable(port: Port) -> bool:
    return not port.address.startswith(LOOPBACK)
