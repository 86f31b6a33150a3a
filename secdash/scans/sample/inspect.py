"""A simulated Engine's answers about one container and one image, in the shape that a real one gives them."""

from __future__ import annotations

import hashlib
from typing import Any

from secdash.facts.answers import ContainerAnswers, ImageAnswers
from secdash.scans.sample.plan import Plan

MIB = 1024 * 1024
MASKED = [
    "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
    "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap",
    "/sys/firmware",
]  # fmt: skip
READONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
CREATED = "2026-06-01T08:00:00.000000000Z"
NOW = "2026-06-20T08:00:00.000000000Z"  # the sample's clocks stand still: its days differ by what was done on them


def identifier(*parts: str) -> str:
    """64 hex digits that are always the same for the same parts."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()


def container(host: str, plan: Plan) -> ContainerAnswers:
    """The container's line of the listing, its inspect answer and its processes."""
    inspect = _inspect(host, plan)
    listed = {
        "Id": inspect["Id"],
        "Names": [inspect["Name"]],
        "Image": plan.image,
        "ImageID": inspect["Image"],
        "State": "running",
        "Labels": inspect["Config"]["Labels"],
    }
    words = plan.command or plan.name
    top = {"Titles": ["UID", "PID", "CMD"], "Processes": [[plan.user.partition(":")[0] or "root", "4242", words]]}
    return ContainerAnswers(listed, inspect, top, (), False if plan.read_only else _changes(plan))


def _changes(plan: Plan) -> list[dict[str, Any]]:
    """It keeps a log and a cache, as most do."""
    folders = ("/var", "/var/log", "/var/cache", f"/var/cache/{plan.name}")
    files = (f"/var/log/{plan.name}.log", f"/var/cache/{plan.name}/index")
    return [{"Path": path, "Kind": 0} for path in folders] + [{"Path": path, "Kind": 1} for path in files]


def image(reference: str) -> ImageAnswers:
    """A plain image with one build step of its own."""
    digest = f"sha256:{identifier('image', reference)}"
    config: dict[str, Any] = {
        "User": "", "Env": ["PATH=/usr/local/bin:/usr/bin:/bin"], "Cmd": None, "Entrypoint": None, "WorkingDir": "",
        "ExposedPorts": None, "Volumes": None, "OnBuild": None, "Labels": {}, "Healthcheck": None,
    }  # fmt: skip
    inspect = {
        "Id": digest, "RepoTags": [reference], "RepoDigests": [f"{reference.rpartition(':')[0]}@{digest}"],
        "Created": CREATED, "Size": 90 * MIB, "Architecture": "amd64", "Os": "linux", "Config": config,
    }  # fmt: skip
    history = [
        {
            "Id": digest,
            "Created": 1780000000,
            "CreatedBy": "COPY dir:1f in /srv",
            "Size": 20 * MIB,
            "Tags": [reference],
        },
        {
            "Id": "<missing>",
            "Created": 1780000000,
            "CreatedBy": "/bin/sh -c #(nop) ADD file:2a in / ",
            "Size": 70 * MIB,
        },
    ]
    return ImageAnswers({"Id": digest, "RepoTags": [reference], "Size": 90 * MIB}, inspect, history)


def _inspect(host: str, plan: Plan) -> dict[str, Any]:
    return {
        "Id": identifier(host, plan.name),
        "Created": CREATED,
        "Path": plan.command or plan.name,
        "Args": [],
        "State": {
            "Status": "running",
            "Running": True,
            "StartedAt": CREATED,
            **({"Health": {"Status": "healthy"}} if plan.healthcheck else {}),
        },
        "Image": f"sha256:{identifier('image', plan.image)}",
        "Name": f"/{plan.name}",
        "RestartCount": 0,
        "MountLabel": "",
        "ProcessLabel": "",
        "AppArmorProfile": "unconfined" if plan.privileged else "docker-default",
        "ExecIDs": None,
        "HostConfig": _host_config(plan),
        "Mounts": [_mount(*bind) for bind in plan.binds],
        "Config": _config(host, plan),
        "NetworkSettings": {
            "Ports": _ports(plan),
            "Networks": {plan.network: {"NetworkID": identifier(host, plan.network)}},
        },
    }


def _config(host: str, plan: Plan) -> dict[str, Any]:
    labels = {}
    if plan.project:
        service = plan.name.removeprefix(f"{plan.project}-").removesuffix("-1")
        labels = {
            "com.docker.compose.project": plan.project,
            "com.docker.compose.service": service,
            "com.docker.compose.container-number": "1",
        }
    return {
        "Hostname": identifier(host, plan.name)[:12],
        "Domainname": "",
        "User": plan.user,
        "Tty": False,
        "OpenStdin": False,
        "Env": ["PATH=/usr/local/bin:/usr/bin:/bin", *(f"{name}={value}" for name, value in plan.env)],
        "Cmd": plan.command.split() or None,
        "Healthcheck": {"Test": ["CMD", "true"], "Interval": 30_000_000_000} if plan.healthcheck else None,
        "Image": plan.image,
        "Volumes": None,
        "WorkingDir": "",
        "Entrypoint": None,
        "OnBuild": None,
        "ExposedPorts": {f"{inside}/tcp": {} for _, _, inside in plan.ports},
        "Labels": labels,
    }


def _host_config(plan: Plan) -> dict[str, Any]:
    return {
        "Binds": [f"{source}:{target}{':ro' if ro else ''}" for source, target, ro in plan.binds] or None,
        "LogConfig": {"Type": "json-file", "Config": {"max-size": "10m"} if plan.read_only else {}},
        "NetworkMode": plan.network,
        "PortBindings": _ports(plan),
        "RestartPolicy": {"Name": plan.restart, "MaximumRetryCount": 5 if plan.restart == "on-failure" else 0},
        "AutoRemove": False, "VolumesFrom": None, "CapAdd": list(plan.cap_add) or None,
        "CapDrop": list(plan.cap_drop) or None, "CgroupnsMode": "private", "Dns": [], "DnsOptions": [],
        "DnsSearch": [],
        "ExtraHosts": None, "GroupAdd": None, "IpcMode": "private", "Links": None, "OomScoreAdj": 0,
        "PidMode": plan.pid_mode, "Privileged": plan.privileged, "PublishAllPorts": False,
        "ReadonlyRootfs": plan.read_only, "SecurityOpt": _security_options(plan) or None,
        "UTSMode": "", "UsernsMode": "", "ShmSize": 64 * MIB, "Runtime": "runc", "CpuShares": 0, "CpuQuota": 0,
        "Memory": plan.memory * MIB, "NanoCpus": int(plan.cpus * 1e9), "CgroupParent": "", "CpuPeriod": 0,
        "CpusetCpus": "", "Devices": [], "DeviceCgroupRules": None, "DeviceRequests": None, "MemoryReservation": 0,
        "MemorySwap": plan.memory * MIB * 2, "OomKillDisable": None, "PidsLimit": plan.pids or None, "Ulimits": None,
        "Tmpfs": {"/tmp": "size=16m"} if plan.read_only else None, "Sysctls": None,
        "MaskedPaths": None if plan.privileged else MASKED, "ReadonlyPaths": None if plan.privileged else READONLY,
    }  # fmt: skip


def _security_options(plan: Plan) -> list[str]:
    """What was asked for, and the label=disable that the Engine itself adds to privileged containers."""
    disabled = ["label=disable"] if plan.privileged else []
    return [*disabled, "no-new-privileges:true"] if plan.no_new_privileges else disabled


def _mount(source: str, target: str, read_only: bool) -> dict[str, Any]:
    mode = "ro" if read_only else ""
    return {
        "Type": "bind",
        "Source": source,
        "Destination": target,
        "Mode": mode,
        "RW": not read_only,
        "Propagation": "rprivate",
    }


def _ports(plan: Plan) -> dict[str, Any]:
    return {f"{inside}/tcp": [{"HostIp": address, "HostPort": str(outside)}] for address, outside, inside in plan.ports}
