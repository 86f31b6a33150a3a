"""How a simulated host is described: containers as a team would run them, and what changed how many days ago."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

FOREVER = 10_000


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One container. `ports` are (address, host port, container port), `binds` (source, target, read only).

    `since` and `until` are days before the fleet's anchor day; `changes` are (days ago, fields that changed then).
    """

    name: str
    image: str
    project: str = ""
    user: str = ""
    command: str = ""
    privileged: bool = False
    read_only: bool = False
    no_new_privileges: bool = False
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    memory: int = 0  # MiB
    pids: int = 0
    cpus: float = 0
    ports: tuple[tuple[str, int, int], ...] = ()
    binds: tuple[tuple[str, str, bool], ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    network: str = "bridge"
    pid_mode: str = ""
    restart: str = "unless-stopped"
    healthcheck: bool = False
    since: int = FOREVER
    until: int = -1
    changes: tuple[tuple[int, dict[str, Any]], ...] = ()


class AcceptedPlan(msgspec.Struct, frozen=True):
    """A check that somebody accepted on the host: so many days ago, for so many days."""

    check: str
    since: int
    days: int
    reason: str


class HostPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One simulated host. `unreachable` is for how many days it has not answered; `changes` as in Plan."""

    name: str
    group: str
    environment: str
    owner: str
    containers: tuple[Plan, ...]
    version: str = "29.10.0"
    distribution: str = "Debian GNU/Linux 13 (trixie)"
    hardened: bool = False
    userns: bool = False
    icc: bool = True
    live_restore: bool = True
    unreachable: int = -1
    changes: tuple[tuple[int, dict[str, Any]], ...] = ()
    tags: tuple[str, ...] = ()
    accepted: tuple[AcceptedPlan, ...] = ()


P = TypeVar("P", Plan, HostPlan)


def as_of(plan: Plan, days_ago: int) -> Plan | None:
    """The container as it was that day; None where it was not there."""
    if not plan.until < days_ago <= plan.since:
        return None
    return _changed(plan, plan.changes, days_ago)


def host_as_of(plan: HostPlan, days_ago: int) -> HostPlan:
    return _changed(plan, plan.changes, days_ago)


def _changed(plan: P, changes: tuple[tuple[int, dict[str, Any]], ...], days_ago: int) -> P:
    for day, fields in sorted(changes, key=lambda change: -change[0]):
        if days_ago <= day:
            plan = msgspec.structs.replace(plan, **fields)
    return plan
