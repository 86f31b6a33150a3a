"""CIS Docker Benchmark, section 2: settings of the daemon that its API does not tell, but its configuration does."""

from __future__ import annotations

from typing import Any

from secdash.checks.daemon import NOT_PODMAN
from secdash.checks.daemon_settings import setting
from secdash.checks.engine import check
from secdash.checks.isolation import security_names
from secdash.checks.outcome import LOW, MEDIUM, Outcome, fails_if, not_applicable
from secdash.checks.remedy import Drop, Put, daemon
from secdash.facts.message import say
from secdash.facts.model import Engine, Snapshot, known

USUAL_LEVEL = "info"
USUAL_PARENTS = ("", "/docker", "system.slice")  # without systemd, and with it
USUAL_LIMITS = {"nofile": {"Name": "nofile", "Soft": 1024, "Hard": 4096}}
BASE_SIZE = "dm.basesize="


@check(
    Engine,
    severity=LOW,
    cis={"1.6": "2.3"},
    risks=("secret-disclosure",),
    fix=daemon(say("Return to the level of Docker's default."), Put("log-level", USUAL_LEVEL)),
)
def daemon_log_level_changed(engine: Engine, snapshot: Snapshot) -> Outcome:
    """Daemon's log level changed"""
    if engine.podman:
        return not_applicable(NOT_PODMAN)
    level = _read(snapshot, "log-level") or USUAL_LEVEL
    reason = say("At the level %(level)s the daemon's log misses what happened, or buries it.", level=level)
    return fails_if(level != USUAL_LEVEL, reason, {"log-level": level})


@check(
    Engine,
    severity=MEDIUM,
    cis={"1.6": "2.4"},
    risks=("network-exposure",),
    fix=daemon(say("Let the daemon write its firewall rules again."), Put("iptables", True)),
)
def iptables_off(engine: Engine, snapshot: Snapshot) -> Outcome:
    """Daemon writes no firewall rules"""
    if engine.podman:
        return not_applicable(NOT_PODMAN)
    value = _read(snapshot, "iptables")
    reason = say("Nothing separates the networks of the containers unless somebody writes these rules by hand.")
    return fails_if(value is False, reason, {"iptables": value})


@check(
    Engine,
    severity=LOW,
    cis={"1.6": "2.8"},
    risks=("denial-of-service",),
    fix=daemon(say("Limit open files in all new containers."), Put("default-ulimits", USUAL_LIMITS)),
)
def default_ulimits_missing(engine: Engine, snapshot: Snapshot) -> Outcome:
    """Engine sets no default ulimits"""
    if engine.podman:
        return not_applicable(NOT_PODMAN)
    limits = _read(snapshot, "default-ulimits")
    reason = say("A container without ulimits of its own inherits those that the daemon was started with.")
    return fails_if(not limits, reason, {"default-ulimits": limits})


@check(
    Engine,
    severity=LOW,
    cis={"1.6": "2.10"},
    risks=("denial-of-service",),
    fix=daemon(say("Return to the cgroup under which Docker puts its containers."), Drop("cgroup-parent")),
)
def daemon_cgroup_parent_changed(engine: Engine, snapshot: Snapshot) -> Outcome:
    """Default cgroup parent changed"""
    if engine.podman:
        return not_applicable(NOT_PODMAN)
    parent = _read(snapshot, "cgroup-parent") or ""
    reason = say("Containers count under %(parent)s, where other limits may hold or none.", parent=parent)
    return fails_if(parent not in USUAL_PARENTS, reason, {"cgroup-parent": parent})


@check(
    Engine,
    severity=LOW,
    cis={"1.6": "2.11"},
    risks=("denial-of-service",),
)
def base_device_size_changed(engine: Engine, snapshot: Snapshot) -> Outcome:
    """Base device size changed"""
    driver = known(engine.storage_driver)
    if driver != "devicemapper":
        return not_applicable(say("Only devicemapper has base devices; this Engine uses %(driver)s.", driver=driver))
    options = [option for option in _read(snapshot, "storage-opts") or () if BASE_SIZE in str(option)]
    reason = say("Each container may fill a device larger than the default: %(options)s.", options=", ".join(options))
    return fails_if(bool(options), reason, {"storage-opts": options})


@check(
    Engine,
    severity=LOW,
    cis={"1.6": "2.16"},
    risks=("network-exposure",),
    fix=daemon(say("Leave published ports to the firewall rules alone."), Put("userland-proxy", False)),
)
def userland_proxy_on(engine: Engine, snapshot: Snapshot) -> Outcome:
    """Userland proxy on"""
    if engine.podman:
        return not_applicable(NOT_PODMAN)
    value = _read(snapshot, "userland-proxy")
    if value is not False and "rootless" in security_names(engine):
        return not_applicable(say("A rootless Engine publishes its ports through that proxy."))
    reason = say("For each published port a process of the daemon listens, and hides the client's address.")
    return fails_if(value is not False, reason, {"userland-proxy": value})


def _read(snapshot: Snapshot, name: str) -> Any:
    return known(setting(snapshot, name))
