"""Namespaces that a container shares with another container, and the powers that come with them."""

from __future__ import annotations

from secdash.checks.engine import check
from secdash.checks.held import traces
from secdash.checks.outcome import HIGH, LOW, Outcome, fails_if
from secdash.checks.remedy import ComposeFix, Drop, Put, compose
from secdash.facts.message import say
from secdash.facts.model import Container, FactMissing, Snapshot, Unknown, known

ANOTHER = "container:"
HOST = "host"
# {fact: (path in the Engine's answer, key of a Compose service)}
NAMESPACES = {
    "network_mode": ("HostConfig.NetworkMode", "network_mode"),
    "pid_mode": ("HostConfig.PidMode", "pid"),
    "ipc_mode": ("HostConfig.IpcMode", "ipc"),
}


def _on_its_own(container: Container) -> ComposeFix:
    modes = ((key, getattr(container, fact)) for fact, (_, key) in NAMESPACES.items())
    joined = [key for key, mode in modes if isinstance(mode, str) and mode.startswith(ANOTHER)]
    summary = say("Give it namespaces of its own; let the two talk over a network that both are on.")
    return ComposeFix(summary, tuple(Drop(key) for key in joined))


@check(
    Container,
    severity=HIGH,
    risks=("app-container-leak", "sys-uid0-escape"),
    fix=_on_its_own,
    far=("containers",),
)
def joins_powerful_container(container: Container, snapshot: Snapshot) -> Outcome:
    """Joins a container with the host's powers"""
    seen: dict[str, object] = {}
    powers: dict[str, object] = {}
    missing: FactMissing | None = None
    for fact, (path, _) in NAMESPACES.items():
        try:
            seen[path] = known(getattr(container, fact))
            powers |= _powers_through(container, fact, snapshot)
        except FactMissing as found:
            missing = found
    if missing and not powers:
        raise missing
    reason = say("What it was denied itself it gets through its neighbour: %(powers)s.", powers=", ".join(powers))
    return fails_if(bool(powers), reason, seen | powers)


@check(
    Container,
    severity=LOW,
    risks=("app-container-leak",),
    fix=compose(
        say("Keep its shared memory to itself; who has joined it must get another way."), Put("ipc", "private")
    ),
)
def shareable_ipc(container: Container) -> Outcome:
    """Lets others into its shared memory"""
    mode = known(container.ipc_mode)
    reason = say("Every container that is created to join it reads and writes its shared memory.")
    return fails_if(mode == "shareable", reason, {"HostConfig.IpcMode": mode})


def _powers_through(container: Container, fact: str, snapshot: Snapshot) -> dict[str, object]:
    """What the owner of the joined namespace has of the host there."""
    if not _joins(container, fact):
        return {}
    owner, (path, _) = _owner(container, fact, snapshot), NAMESPACES[fact]
    powers: dict[str, object] = {}
    if known(getattr(owner, fact)) == HOST:
        powers[f"{owner.name}, {path}"] = HOST
    # To see a privileged process is not to reach its files or its memory: that takes the right to trace it.
    if fact == "pid_mode" and traces(container, snapshot.engine) and known(owner.privileged):
        powers[f"{owner.name}, HostConfig.Privileged"] = True
    return powers


def _joins(container: Container, fact: str) -> bool:
    mode: str = known(getattr(container, fact))
    return mode.startswith(ANOTHER)


def _owner(container: Container, fact: str, snapshot: Snapshot) -> Container:
    """The container at the end of the chain. Raises FactMissing where it is not on the host any more, or in a ring."""
    passed: set[str] = set()
    while _joins(container, fact):
        reference = known(getattr(container, fact)).removeprefix(ANOTHER)
        passed.add(container.id)
        container = _find(reference, passed, snapshot)
    return container


def _find(reference: str, passed: set[str], snapshot: Snapshot) -> Container:
    for other in known(snapshot.containers):
        if reference in (other.id, other.name) and other.id not in passed:
            return other
    raise FactMissing(
        Unknown(say("The container that it joins was not found on this host: %(id)s.", id=reference[:12]))
    )
