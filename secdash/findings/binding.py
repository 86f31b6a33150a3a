"""What an acceptance is bound to, and whether its subject gained privilege since: in words, for whoever it returns to.

Losing privilege never voids. What could not be seen when the risk was accepted is not known, and becoming known is no
gain: from then on the finding is bound to it, and says so (`learnt`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self

import msgspec

from secdash.checks.outcome import Severity
from secdash.facts.message import Message, say
from secdash.findings.privileges import ALL_ADDRESSES, Privileges, privileges_of, repository

__all__ = ["Bound", "Privileges", "gained", "privileges_of", "repository", "rose"]

SHOWN = 8
PRIVILEGED_HAS = frozenset({"capabilities", "devices", "security", "apparmor", "paths"})
NAMESPACES = frozenset({"network", "pid", "ipc", "uts", "userns", "cgroup"})


class Bound(msgspec.Struct, frozen=True):
    """By which acceptance a finding was accepted, and as what; `learnt` are kinds that became known only later."""

    acceptance: int
    severity: int
    privileges: Privileges = {}
    learnt: list[str] = []

    @classmethod
    def of(cls, data: Any) -> Self | None:
        """As the database keeps it; None for an empty or foreign value."""
        try:
            return msgspec.convert(data, cls) if data else None
        except msgspec.ValidationError:
            return None

    def as_json(self) -> dict[str, Any]:
        return msgspec.structs.asdict(self)

    def learning(self, now: Privileges) -> Bound:
        """The same, bound also to kinds of privilege that are known only now."""
        new = {kind: entries for kind, entries in now.items() if kind not in self.privileges}
        if not new:
            return self
        return msgspec.structs.replace(self, privileges=self.privileges | new, learnt=sorted({*self.learnt, *new}))


RISEN = {
    Severity.LOW: say("Its severity rose to low."),
    Severity.MEDIUM: say("Its severity rose to medium."),
    Severity.HIGH: say("Its severity rose to high."),
    Severity.CRITICAL: say("Its severity rose to critical."),
}


def rose(before: int, now: int) -> list[Message]:
    """The same check weighs more than when it was accepted."""
    return [RISEN[Severity(now)]] if now > before else []


def gained(before: Mapping[str, list[str]], now: Mapping[str, list[str]]) -> list[Message]:
    """Each gain of privilege in words. Kinds that either side does not know are left out."""
    had_all = bool(before.get("privileged"))
    found = []
    for kind, had in before.items():
        if had_all and kind in PRIVILEGED_HAS:
            continue
        new = [entry for entry in now.get(kind, ()) if not _covered(kind, entry, had)]
        if new:
            found.append(SAID.get(kind, _more)(_listed(new), _listed(had)))
    return found


def _covered(kind: str, entry: str, had: list[str]) -> bool:
    """Whether what it had before allows at least as much."""
    if entry in had:
        return True
    rule = COVERING.get(kind)
    return rule is not None and rule(entry, had)


def _within(entry: str, had: list[str]) -> bool:
    """A path below one that it had."""
    return any(entry.startswith(f"{path.rstrip('/')}/") for path in had if path.startswith("/"))


def _published(entry: str, had: list[str]) -> bool:
    """The same port was open on all addresses; or on any, where it is now open to the host itself only."""
    port, _, address = entry.partition(" ")
    before = {each.partition(" ")[2] for each in had if each.partition(" ")[0] == port}
    return ALL_ADDRESSES in before or (bool(before) and address in ("127.0.0.1", "::1"))


def _host_shared(entry: str, had: list[str]) -> bool:
    return f"{entry.partition(' ')[0]} host" in had


def _profile_off(entry: str, had: list[str]) -> bool:
    return f"{entry.partition(' ')[0]} off" in had


COVERING: dict[str, Callable[[str, list[str]], bool]] = {
    "capabilities": lambda _entry, had: "ALL" in had,
    "user": lambda _entry, had: "root" in had,
    "mounts": _within,
    "writable": _within,
    "propagation": _within,
    "ports": _published,
    "binding": _published,
    "security": _profile_off,
    **dict.fromkeys(NAMESPACES, _host_shared),
}


def _listed(entries: Iterable[str]) -> str:
    names = sorted(entries)
    more = f" (+{len(names) - SHOWN})" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more or "–"


def _more(what: str, _before: str) -> Message:
    return say("It gained privilege: %(what)s.", what=what)


def _namespaces(what: str, _before: str) -> Message:
    return say("It shares a namespace now: %(what)s.", what=what)


SAID: dict[str, Callable[[str, str], Message]] = {
    "privileged": lambda _what, _before: say("It runs privileged now."),
    "capabilities": lambda what, _: say("It gained capabilities: %(what)s.", what=what),
    "devices": lambda what, _: say("It was given devices: %(what)s.", what=what),
    "security": lambda what, _: say("Its confinement is weaker: %(what)s.", what=what),
    "apparmor": lambda _what, _before: say("AppArmor confines it no more."),
    "paths": lambda _what, _before: say("Paths of the kernel are masked no more."),
    "user": lambda what, before: say("It runs as %(what)s now, before as %(before)s.", what=what, before=before),
    "groups": lambda what, _: say("It was given groups: %(what)s.", what=what),
    "mounts": lambda what, _: say("It mounts more: %(what)s.", what=what),
    "writable": lambda what, _: say("It may write to more of what it mounts: %(what)s.", what=what),
    "propagation": lambda what, _: say("Its mounts spread to the host now: %(what)s.", what=what),
    "files": lambda _what, _before: say("Its root file system is writable now."),
    "ports": lambda what, _: say("It publishes more: %(what)s.", what=what),
    "runtime": lambda what, before: say(
        "Another runtime runs it: %(what)s, before %(before)s.", what=what, before=before
    ),
    "image": lambda what, before: say(
        "It is made from another image: %(what)s, before %(before)s.", what=what, before=before
    ),
    "mode": lambda what, _: say("Its mode allows more: %(what)s.", what=what),
    "owner": lambda what, _: say("It belongs to another user now: %(what)s.", what=what),
    "group": lambda what, _: say("It belongs to another group now: %(what)s.", what=what),
    "listening": lambda what, _: say("The Engine listens on more addresses: %(what)s.", what=what),
    "safeguards": lambda what, _: say("The Engine lost safeguards: %(what)s.", what=what),
    "registries": lambda what, _: say("The Engine trusts more registries without TLS: %(what)s.", what=what),
    **dict.fromkeys(NAMESPACES, _namespaces),
}
