"""Chains of settings, each defensible alone, that together lead out of a container."""

from __future__ import annotations

from collections.abc import Iterator

from secdash.checks.engine import check
from secdash.checks.held import apparmor_confines, holds, traces
from secdash.checks.isolation import (
    HOLDS_EVERYTHING,
    is_root,
    seccomp_profile,
    security_entries,
    separates_users,
)
from secdash.checks.outcome import CRITICAL, Outcome, fails_if, not_applicable, passes
from secdash.checks.paths import normalise, touches
from secdash.checks.privileges import NEEDS_THE_CAPABILITY
from secdash.checks.remedy import TRY, ComposeFix, Exclude
from secdash.facts.message import say
from secdash.facts.model import Container, Engine, FactMissing, Snapshot, known

CGROUPS = "/sys/fs/cgroup"
# {path in the Engine's answer: what was seen there}, for every link
Chain = dict[str, object]


def _break_chain(container: Container) -> ComposeFix | None:
    """Without the capability no chain but that of a cgroup mount holds."""
    found = tuple(name for name in known(container.cap_add) if name in ("ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE"))
    summary = say("Take away the capability that joins the settings into a way out.")
    return ComposeFix(summary, (Exclude("cap_add", found),), TRY, NEEDS_THE_CAPABILITY) if found else None


@check(
    Container,
    severity=CRITICAL,
    risks=("sys-uid0-escape", "low-full-privileges"),
    fix=_break_chain,
)
def escape_chain(container: Container, snapshot: Snapshot) -> Outcome:
    """Settings add up to an escape"""
    if known(container.privileged):
        return not_applicable(HOLDS_EVERYTHING)
    links, missing = _links(container, snapshot.engine)
    if missing and not links:
        raise missing
    if not links:
        return passes({"HostConfig.CapAdd": list(known(container.cap_add))})
    named = "; ".join(f"{path} {_words(seen)}" for path, seen in links.items())
    reason = say("Together these lead out of the container to root on the host: %(links)s.", links=named)
    return fails_if(not separates_users(container, snapshot.engine), reason, links)


def _links(container: Container, engine: Engine) -> tuple[Chain, FactMissing | None]:
    """The links of all complete chains, and what kept us from following the others."""
    links: Chain = {}
    missing: FactMissing | None = None
    for way in WAYS:
        try:
            for chain in way(container, engine):
                links |= chain
        except FactMissing as fact:
            missing = fact
    return links, missing


def _mounting(container: Container, engine: Engine) -> Iterator[Chain]:
    """SYS_ADMIN that neither AppArmor nor (seccomp or cgroup v2) holds back: it mounts what it wants."""
    capability = holds(container, engine, "SYS_ADMIN")
    if not capability or apparmor_confines(container, engine):
        return
    chain: Chain = {"HostConfig.CapAdd": capability, "AppArmorProfile": known(container.apparmor_profile)}
    if _seccomp_off(container, engine):
        yield {**chain, "HostConfig.SecurityOpt": "seccomp=unconfined"}
    if known(engine.cgroup_version) == "1":
        yield {**chain, "info.CgroupVersion": "1"}


def _injecting(container: Container, engine: Engine) -> Iterator[Chain]:
    """A view of the host's processes, and the right to steer them, which AppArmor's profile would not let it use."""
    if known(container.pid_mode) == "host" and (capability := traces(container, engine)):
        profile = known(container.apparmor_profile)
        yield {"HostConfig.PidMode": "host", "HostConfig.CapAdd": capability, "AppArmorProfile": profile}


def _loading(container: Container, engine: Engine) -> Iterator[Chain]:
    """Root may put a module of its own into the one kernel; Docker's seccomp profile lets who holds this load it."""
    if (capability := holds(container, engine, "SYS_MODULE")) and is_root(known(container.user)):
        yield {"HostConfig.CapAdd": capability, "Config.User": known(container.user) or "root"}


def _cgroup_mount(container: Container, engine: Engine) -> Iterator[Chain]:
    """The host's cgroups, writable, under v1: its release_agent runs a program of root's choice on the host."""
    mounts = [
        mount.source
        for mount in known(container.mounts)
        if mount.type == "bind" and not mount.read_only and touches(normalise(mount.source), CGROUPS)
    ]
    if mounts and is_root(known(container.user)) and known(engine.cgroup_version) == "1":
        yield {"Mounts": mounts, "Config.User": known(container.user), "info.CgroupVersion": "1"}


# Each gives the links of every chain that is complete. Raises FactMissing where one cannot be followed.
WAYS = (_mounting, _injecting, _loading, _cgroup_mount)


def _seccomp_off(container: Container, engine: Engine) -> bool:
    own = [entry for entry in security_entries(container) if entry.startswith("seccomp=")]
    return own[-1] == "seccomp=unconfined" if own else seccomp_profile(engine) in ("", "unconfined")


def _words(seen: object) -> str:
    return ", ".join(map(str, seen)) if isinstance(seen, list) else str(seen or "none")
