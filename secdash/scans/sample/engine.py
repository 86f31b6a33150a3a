"""A simulated Engine. Its address is `NAME@ANCHOR`: a host of the sample world, and the day its story ends."""

from __future__ import annotations

from datetime import date
from typing import Any

from secdash.facts.answers import Answers
from secdash.facts.connect import Unreachable
from secdash.facts.message import say
from secdash.scans.sample.files import files_of
from secdash.scans.sample.inspect import NOW, container, identifier, image
from secdash.scans.sample.plan import HostPlan, Plan, as_of, host_as_of
from secdash.scans.sample.world import WORLD

EVERY_ADDRESS = "0.0.0.0"
SILENT = say("This sample host plays dead: it shows how an unreachable host looks.")
GONE = say("This sample host is not part of the sample fleet any more. Remove the sample fleet and load it again.")


# What came with an Engine of this line: containerd and runc.
PARTS = {
    "29": ("v2.3.2", "1.4.4"),
    "28": ("v2.1.5", "1.3.3"),
    "27": ("1.7.25", "1.2.4"),
    "24": ("1.6.28", "1.1.12"),
}


def address(name: str, anchor: date) -> str:
    return f"{name}@{anchor.isoformat()}"


def answers(address: str, *, day: date) -> Answers:
    """What this host's Engine says on a day. Raises Unreachable on the days that it is silent."""
    name, _, anchor = address.partition("@")
    plan = next((each for each in WORLD if each.name == name), None)
    if plan is None:
        raise Unreachable(GONE)
    days_ago = max((date.fromisoformat(anchor) - day).days, 0)
    if days_ago < plan.unreachable:
        raise Unreachable(SILENT)
    return _answers(host_as_of(plan, days_ago), days_ago)


def state_of(plan: HostPlan, days_ago: int) -> tuple[Any, ...] | None:
    """Something that is equal on two days exactly if the host answers the same; None where it is silent."""
    if days_ago < plan.unreachable:
        return None
    there = tuple(as_of(each, days_ago) for each in plan.containers)
    host = host_as_of(plan, days_ago)
    return (host.version, host.hardened, host.userns, host.icc, host.live_restore, there)


def _answers(host: HostPlan, days_ago: int) -> Answers:
    there = [plan for each in host.containers if (plan := as_of(each, days_ago))]
    images = sorted({plan.image for plan in there})
    return Answers(
        reached="unix",
        version=_version(host),
        info=_info(host, there, len(images)),
        containers=tuple(container(host.name, plan) for plan in there),
        images=tuple(image(reference) for reference in images),
        networks=tuple(_network(host, name) for name in sorted({"bridge", "host", *(plan.network for plan in there)})),
        volumes={"Volumes": [], "Warnings": None},
        plugins=[],
        files=files_of(host),
    )


def _version(host: HostPlan) -> dict[str, Any]:
    containerd, runc = PARTS[host.version.partition(".")[0]]
    components = [("Engine", host.version), ("containerd", containerd), ("runc", runc)]
    return {
        "Platform": {"Name": "Docker Engine - Community"},
        "Components": [{"Name": name, "Version": version, "Details": {}} for name, version in components],
        "Version": host.version,
        "ApiVersion": "1.52",
        "MinAPIVersion": "1.44",
        "Os": "linux",
        "Arch": "amd64",
        "KernelVersion": "6.12.57",
    }


def _info(host: HostPlan, there: list[Plan], images: int) -> dict[str, Any]:
    security = ["name=apparmor", "name=seccomp,profile=builtin", "name=cgroupns"]
    security += ["name=userns"] if host.userns or host.hardened else []
    security += ["name=no-new-privileges"] if host.hardened else []
    return {
        "ID": identifier(host.name), "Name": host.name, "Containers": len(there), "ContainersRunning": len(there),
        "ContainersPaused": 0, "ContainersStopped": 0, "Images": images, "Driver": "overlay2",
        "Plugins": {"Volume": ["local"], "Network": ["bridge"], "Authorization": None, "Log": ["json-file", "syslog"]},
        "Debug": False, "LoggingDriver": "syslog" if host.hardened else "json-file", "CgroupDriver": "systemd",
        "CgroupVersion": "2", "KernelVersion": "6.12.57", "OperatingSystem": host.distribution, "OSType": "linux",
        "Architecture": "x86_64", "DockerRootDir": "/var/lib/docker", "ExperimentalBuild": False,
        "RegistryConfig": {
            "InsecureRegistryCIDRs": ["::1/128", "127.0.0.0/8"], "Mirrors": [],
            "IndexConfigs": {"docker.io": {"Name": "docker.io", "Mirrors": [], "Secure": True, "Official": True}},
        },
        "ServerVersion": host.version, "Runtimes": {"runc": {"path": "runc"}}, "DefaultRuntime": "runc",
        "Swarm": {"LocalNodeState": "inactive", "ControlAvailable": False}, "LiveRestoreEnabled": host.live_restore,
        "SecurityOptions": security, "SystemTime": NOW, "Warnings": None, "HttpProxy": "", "HttpsProxy": "",
        "NoProxy": "",
    }  # fmt: skip


def _network(host: HostPlan, name: str) -> dict[str, Any]:
    options = {}
    if name == "bridge":
        options = {
            "com.docker.network.bridge.default_bridge": "true",
            "com.docker.network.bridge.enable_icc": str(host.icc).lower(),
            "com.docker.network.bridge.host_binding_ipv4": "127.0.0.1" if host.hardened else EVERY_ADDRESS,
            "com.docker.network.bridge.name": "docker0",
        }
    driver = "host" if name == "host" else "bridge"
    return {
        "Name": name, "Id": identifier(host.name, name), "Driver": driver, "Scope": "local", "EnableIPv6": False,
        "Internal": False, "Containers": {}, "Options": options, "Labels": {},
    }  # fmt: skip
