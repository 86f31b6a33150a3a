"""Containers that hold the host and are within reach: each fact is reported alone, together they are an emergency."""

from __future__ import annotations

import re

from secdash.checks import paths
from secdash.checks.engine import check
from secdash.checks.isolation import is_root, is_stopped, separates_users
from secdash.checks.networks import PORTS, everywhere, publish_on_loopback
from secdash.checks.outcome import CRITICAL, HIGH, Outcome, fails_if, passes
from secdash.checks.paths import HostPath
from secdash.checks.service import port_entry
from secdash.facts.message import say
from secdash.facts.model import Container, FactMissing, Snapshot, Unknown, known

DOCKER_IN_DOCKER = re.compile(r"(?:.*/)?docker:(?:[\w.]+-)*dind(?!-rootless)(?:-[\w.]+)*(?:@.*)?")
INNER_ENGINE = frozenset({"dockerd", "containerd"})
INNER_DATA = "/var/lib/docker"
OWN_USERS = ("sysbox-runc",)  # a runtime that gives each container users of its own


@check(
    Container,
    severity=CRITICAL,
    risks=("daemon-takeover", "network-exposure", "sys-uid0-escape"),
    fix=publish_on_loopback,
)
def exposed_host_control(container: Container, snapshot: Snapshot) -> Outcome:
    """Within reach of all, and holds the host"""
    ports = [port_entry(port) for port in everywhere(known(container.ports))]
    if not ports or not is_root(known(container.user)):
        return passes({PORTS: ports, "Config.User": known(container.user)})
    links, missing = _keys_to_the_host(container, snapshot)
    if missing and not links:
        raise missing
    seen = {PORTS: ports, "Config.User": known(container.user)} | links
    named = "; ".join(f"{path} {_words(value)}" for path, value in seen.items())
    reason = say("Whoever breaks in over the network has the host at once: %(links)s.", links=named)
    return fails_if(bool(links) and not separates_users(container, snapshot.engine), reason, seen)


@check(
    Container,
    severity=HIGH,
    risks=("sys-root-calls", "daemon-takeover"),
)
def docker_in_docker(container: Container) -> Outcome:
    """Runs an Engine of its own"""
    privileged, runtime = known(container.privileged), known(container.runtime)
    seen = {
        "Config.Image": known(container.image),
        "HostConfig.Privileged": privileged,
        "HostConfig.Runtime": runtime,
        "top": _inner_engine(container),
        "Mounts": [m.destination for m in known(container.mounts) if paths.normalise(m.destination) == INNER_DATA],
    }
    inner = DOCKER_IN_DOCKER.fullmatch(known(container.image)) or (privileged and (seen["top"] or seen["Mounts"]))
    reason = say("Its Engine needs the host's powers: who commands it, each build job say, commands the host.")
    return fails_if(bool(inner) and runtime not in OWN_USERS, reason, seen)


def _keys_to_the_host(container: Container, snapshot: Snapshot) -> tuple[dict[str, object], FactMissing | None]:
    """What of it leads to root on the host by itself, and what kept us from seeing all of it."""
    links: dict[str, object] = {"HostConfig.Privileged": True} if known(container.privileged) else {}
    mounts: list[str] = []
    missing: FactMissing | None = None
    try:
        for seen in paths.host_paths(container, snapshot):
            if _is_key(seen):
                mounts.append(f"{seen.path} -> {seen.mount.destination}")  # noqa: PERF401 - kept where a fact is missing
    except FactMissing as fact:
        missing = fact
    return (links | {"Mounts": mounts} if mounts else links), missing


def _is_key(seen: HostPath) -> bool:
    """A socket commands through a read-only mount too; the host's files must be writable."""
    if seen.path == paths.ROOT:
        return not seen.mount.read_only
    return paths.shows_docker_socket(seen.path) or paths.shows_runtime_socket(seen.path)


def _inner_engine(container: Container) -> list[str]:
    """Only one that is root; none where `top` cannot be had: image, privilege and volume decide then."""
    if isinstance(container.processes, Unknown) or is_stopped(container):
        return []
    return sorted({p.command for p in container.processes if p.command in INNER_ENGINE and is_root(p.user or "?")})


def _words(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "true" if value is True else str(value or "root")
