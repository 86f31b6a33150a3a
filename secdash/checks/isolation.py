"""What the Engine isolates by itself, as its security options tell, and what that means for a container."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from secdash.checks.outcome import Outcome, Status, fails_if, not_applicable
from secdash.checks.service import security_entry
from secdash.facts.message import Message, say
from secdash.facts.model import Container, Engine, FactMissing, known

ROOT_NAMES = frozenset({"", "root"})
STOPPED_STATES = frozenset({"created", "exited", "dead", "removing"})
HOLDS_EVERYTHING = say("It runs privileged, which includes this; the check on privileged containers reports it.")
DESKTOP = "Docker Desktop"
NOT_RUNNING = say("The container is not running.")


def security_names(engine: Engine) -> frozenset[str]:
    """`name=` of each security option; Engines before 17.06 wrote the bare name."""
    return frozenset(_name(option) for option in known(engine.security_options))


def seccomp_profile(engine: Engine) -> str:
    """The Engine's own seccomp profile: default, builtin, a path, unconfined; "" where seccomp is missing."""
    for option in known(engine.security_options):
        if _name(option) == "seccomp":
            return option.partition("profile=")[2] or "default"
    return ""


def separates_users(container: Container, engine: Engine) -> bool:
    """Root in the container is nobody on the host: a rootless Engine, or remapping that it does not refuse."""
    names = security_names(engine)
    if "rootless" in names:
        return True
    return "userns" in names and known(container.userns_mode) != "host"


def is_root(user: str) -> bool:
    """Whether `user[:group]` means uid 0; empty means root, for Docker's default is root."""
    name = user.partition(":")[0]
    return name in ROOT_NAMES or (name.isdecimal() and int(name) == 0)


def is_stopped(container: Container) -> bool:
    return known(container.state) in STOPPED_STATES


def security_entries(container: Container) -> tuple[str, ...]:
    """The container's own security options, all written `key=value`; of two alike the last counts."""
    return tuple(security_entry(option) for option in known(container.security_opt))


def unless_privileged(container: Container, outcome: Outcome) -> Outcome:
    """A privileged container holds what this check looks for, so a pass would be false: it becomes not applicable."""
    if outcome.status is Status.PASS and known(container.privileged):
        return not_applicable(HOLDS_EVERYTHING)
    return outcome


def fails_where_found(
    container: Container, places: Mapping[str, Callable[[], Sequence[str]]], reason: Callable[[str], Message]
) -> Outcome:
    """Fails with what any of the places shows. One that is unknown matters only where no other shows anything."""
    seen: dict[str, list[str]] = {}
    missing: FactMissing | None = None
    for path, look in places.items():
        try:
            seen[path] = list(look())
        except FactMissing as fact:
            missing = fact
    found = [item for items in seen.values() for item in items]
    if missing and not found and not known(container.privileged):
        raise missing
    outcome = fails_if(bool(found), reason(", ".join(found)), {path: items for path, items in seen.items() if items})
    return unless_privileged(container, outcome)


def unless_apart(engine: Engine, outcome: Outcome) -> Outcome:
    """What a network opens, it opens to whoever has a route: nobody where the Engine is rootless, for its networks lie
    in a namespace of their own, nor on Docker Desktop, where they lie in a virtual machine."""
    if outcome.status is Status.FAIL and ("rootless" in security_names(engine) or known(engine.os) == DESKTOP):
        return not_applicable(say("Its networks lie apart from those of the host, and nobody has a route to them."))
    return outcome


def _name(option: str) -> str:
    return option.partition(",")[0].removeprefix("name=")
