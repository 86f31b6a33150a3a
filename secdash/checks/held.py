"""Whether a container really has what a capability added to it promises."""

from __future__ import annotations

from secdash.checks.confinement import ON
from secdash.checks.isolation import is_root, security_entries, security_names
from secdash.facts.model import Container, Engine, known


def holds(container: Container, engine: Engine, capability: str) -> list[str]:
    """The entries of cap_add that give it this capability; none where it cannot come to use it."""
    added = [name for name in known(container.cap_add) if name in (capability, "ALL")]
    return added if added and _can_use(container, engine) else []


def traces(container: Container, engine: Engine) -> list[str]:
    """The entries of cap_add that let it steer processes with more powers than its own, where it sees any.

    The kernel asks for all capabilities of the other process or for SYS_PTRACE, for its memory as for /proc/PID/root
    (cap_ptrace_access_check). AppArmor asks besides, and docker-default lets a container trace its own kind only:
    https://github.com/moby/profiles/blob/main/apparmor/template.go
    """
    capability = holds(container, engine, "SYS_PTRACE")
    return [] if capability and apparmor_confines(container, engine) else capability


def apparmor_confines(container: Container, engine: Engine) -> bool:
    """A profile counts before the first start too, for Docker then applies its own unless it was told not to."""
    if "apparmor" not in security_names(engine):
        return False
    return known(container.apparmor_profile) != "unconfined" and "apparmor=unconfined" not in security_entries(
        container
    )


def _can_use(container: Container, engine: Engine) -> bool:
    """Docker gives an ordinary user what was added as a bound only (CapEff is 0, seen on 20.10): a program that makes
    root of it lifts it there, and no-new-privileges forbids that. Podman gives such a user the capability itself."""
    if engine.podman or is_root(known(container.user)):
        return True
    own = [entry for entry in security_entries(container) if entry.startswith("no-new-privileges")]
    return own[-1] != ON if own else "no-new-privileges" not in security_names(engine)
