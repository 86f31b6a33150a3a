"""CIS Docker Benchmark, section 5: namespaces that a container shares with the host, and its cgroup."""

from __future__ import annotations

from secdash.checks.engine import check
from secdash.checks.isolation import security_names
from secdash.checks.outcome import HIGH, LOW, MEDIUM, Outcome, fails_if, not_applicable
from secdash.checks.remedy import TRY, Drop, Put, compose
from secdash.facts.message import say
from secdash.facts.model import Container, Snapshot, known

HOST = "host"


@check(
    Container,
    severity=HIGH,
    cis={"1.6": "5.10"},
    risks=("network-exposure", "daemon-takeover"),
    fix=compose(
        say("Give it a network of its own, then publish the ports it must offer."),
        Drop("network_mode"),
        certainty=TRY,
        breaks=say(
            "It does not reach services on the host's loopback address, nor is it reached without a published port."
        ),
    ),
)
def host_network(container: Container) -> Outcome:
    """Shares the host's network"""
    mode = known(container.network_mode)
    reason = say("It reaches every service of the host's loopback address and listens on all of its interfaces.")
    return fails_if(mode == HOST, reason, {"HostConfig.NetworkMode": mode})


@check(
    Container,
    severity=HIGH,
    cis={"1.6": "5.16"},
    risks=("app-container-leak", "sys-uid0-escape"),
    fix=compose(say("Give it process ids of its own; it then sees its own processes only."), Drop("pid")),
)
def host_pid(container: Container) -> Outcome:
    """Shares the host's processes"""
    mode = known(container.pid_mode)
    reason = say("It sees every process of the host, and as root may signal them and read their environment.")
    return fails_if(mode == HOST, reason, {"HostConfig.PidMode": mode})


@check(
    Container,
    severity=HIGH,
    cis={"1.6": "5.17"},
    risks=("app-container-leak",),
    fix=compose(say("Give it shared memory and message queues of its own."), Drop("ipc")),
)
def host_ipc(container: Container) -> Outcome:
    """Shares the host's IPC"""
    mode = known(container.ipc_mode)
    reason = say("It reads and writes the shared memory of the host's processes.")
    return fails_if(mode == HOST, reason, {"HostConfig.IpcMode": mode})


@check(
    Container,
    severity=LOW,
    cis={"1.6": "5.21"},
    risks=("app-container-leak",),
    fix=compose(say("Give it a host name of its own."), Drop("uts")),
)
def host_uts(container: Container) -> Outcome:
    """Shares the host's name"""
    mode = known(container.uts_mode)
    reason = say("With the right capability it can rename the host.")
    return fails_if(mode == HOST, reason, {"HostConfig.UTSMode": mode})


@check(
    Container,
    severity=MEDIUM,
    cis={"1.6": "5.31"},
    risks=("sys-uid0-escape",),
    fix=compose(
        say("Let the Engine map its users; files on mounted volumes may need a new owner."), Drop("userns_mode")
    ),
)
def host_user_namespace(container: Container, snapshot: Snapshot) -> Outcome:
    """Refuses user namespace remapping"""
    if "userns" not in security_names(snapshot.engine):
        return not_applicable(say("This Engine does not remap users, so there is nothing to refuse."))
    mode = known(container.userns_mode)
    reason = say("Root in this container is root on the host, though the Engine maps users for the others.")
    return fails_if(mode == HOST, reason, {"HostConfig.UsernsMode": mode})


@check(
    Container,
    severity=LOW,
    cis={"1.6": "5.25"},
    risks=("denial-of-service",),
    fix=compose(say("Return it to the Engine's own cgroup."), Drop("cgroup_parent")),
)
def custom_cgroup_parent(container: Container) -> Outcome:
    """Placed in another cgroup"""
    parent = known(container.cgroup_parent)
    reason = say("The limits of the group %(parent)s hold for it, whatever they are.", parent=parent)
    return fails_if(parent != "", reason, {"HostConfig.CgroupParent": parent})


@check(
    Container,
    severity=LOW,
    risks=("app-container-leak",),
    fix=compose(say("Give it a cgroup namespace of its own, as Docker does by default."), Put("cgroup", "private")),
)
def host_cgroup_namespace(container: Container, snapshot: Snapshot) -> Outcome:
    """Sees the host's cgroups"""
    mode = known(container.cgroupns_mode)
    if mode == HOST and known(snapshot.engine.cgroup_version) == "1":
        return not_applicable(say("With cgroup version 1 Docker shares the host's by default; version 2 ends that."))
    reason = say("It reads the names of all groups of the host, and with them ids and services of its neighbours.")
    return fails_if(mode == HOST, reason, {"HostConfig.CgroupnsMode": mode})
