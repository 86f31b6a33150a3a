"""Builders of facts for tests: each gives a sane thing that passes every check, but for what the test names."""

from __future__ import annotations

import json
from typing import Any

from secdash.facts.message import say
from secdash.facts.model import (
    AuditRule,
    Component,
    Container,
    DaemonConfiguration,
    Distribution,
    Engine,
    EnvName,
    Healthcheck,
    HistoryStep,
    HostFacts,
    HostFile,
    Image,
    ImageFiles,
    Mount,
    Network,
    Port,
    Process,
    Registry,
    Service,
    Setting,
    SetuidFile,
    Snapshot,
    Subnet,
    Swarm,
    Ulimit,
    Unknown,
    Volume,
)

UNSEEN = Unknown(say("The test left this unseen."))
IMAGE_ID = "sha256:" + "1a" * 32
CHECKED = (Healthcheck(("CMD-SHELL", "wget -qO- http://127.0.0.1:8080/ || exit 1"), interval=30_000_000_000),)
MASKED = (
    *("/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/scsi", "/proc/timer_list"),
    *("/sys/devices/virtual/powercap", "/sys/firmware"),
)
INSTALL = "apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*"
READ_ONLY = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")


def a_container(**facts: Any) -> Container:
    """A running, hardened container that no check finds fault with."""
    name = facts.get("name", "web")
    return Container(
        **{
            "id": f"{name}-id",
            "name": name,
            "key": name,
            "image": "shop/web:1.4",
            "image_id": IMAGE_ID,
            "state": "running",
            "created": "2026-11-01T08:00:00Z",
            "labels": (),
            **PROCESS,
            **PRIVILEGE,
            **NAMESPACES,
            **FILES,
            **LIMITS,
            **NETWORK,
        }
        | facts
    )


PROCESS: dict[str, Any] = {
    "user": "1000:1000",
    "env": (EnvName("PATH"),),
    "command": ("serve",),
    "entrypoint": None,
    "working_dir": "/srv",
    "hostname": "web",
    "domainname": "",
    "tty": False,
    "open_stdin": False,
    "stop_signal": "",
    "stop_timeout": None,
    "init": True,
    "healthcheck": CHECKED,
    "health": "healthy",
    "processes": (Process("1000", "serve"),),
    "execs": (),
}
PRIVILEGE: dict[str, Any] = {
    "privileged": False,
    "cap_add": (),
    "cap_drop": ("ALL",),
    "security_opt": ("no-new-privileges:true",),
    "apparmor_profile": "docker-default",
    "process_label": "",
    "masked_paths": MASKED,
    "readonly_paths": READ_ONLY,
    "group_add": (),
    "devices": (),
    "device_cgroup_rules": (),
    "device_requests": (),
    "sysctls": (),
    "runtime": "runc",
}
NAMESPACES: dict[str, Any] = {
    "network_mode": "shop",
    "pid_mode": "",
    "ipc_mode": "private",
    "uts_mode": "",
    "userns_mode": "",
    "cgroupns_mode": "private",
    "cgroup_parent": "",
}
FILES: dict[str, Any] = {
    "readonly_rootfs": True,
    "mounts": (Mount("volume", "/var/lib/docker/volumes/data/_data", "/data", False, name="data", driver="local"),),
    "tmpfs": (),
    "volumes_from": (),
    "shm_size": 64 << 20,
    "written": (),
    "changed_programs": (),
}
LIMITS: dict[str, Any] = {
    "memory": 512 << 20,
    "memory_swap": 512 << 20,
    "memory_reservation": 0,
    "nano_cpus": 1_000_000_000,
    "cpu_shares": 0,
    "cpu_quota": 0,
    "cpu_period": 0,
    "cpuset_cpus": "",
    "pids_limit": 200,
    "ulimits": (Ulimit("nofile", 1024, 4096),),
    "oom_kill_disable": False,
    "oom_score_adj": 0,
    "restart_policy": "on-failure",
    "restart_max": 5,
    "restart_count": 0,
    "auto_remove": False,
    "log_driver": "json-file",
    "log_options": (("max-file", "3"), ("max-size", "10m")),
}
NETWORK: dict[str, Any] = {
    "ports": (Port(8080, "tcp", "127.0.0.1", "8080"),),
    "exposed_ports": ("8080/tcp",),
    "publish_all": False,
    "attachments": (),
    "links": (),
    "extra_hosts": (),
    "dns": (),
    "dns_search": (),
    "dns_options": (),
    "told_secrets": (),
    "started": "2026-11-02",
}


def an_image(**facts: Any) -> Image:
    name = facts.get("name", "shop/web:1.4")
    return Image(
        **{
            "id": IMAGE_ID,
            "name": name,
            "key": name,
            "tags": (name,),
            "digests": (),
            "created": "2026-10-30T08:00:00Z",
            "size": 50_000_000,
            "architecture": "amd64",
            "os": "linux",
            "user": "1000",
            "env": (EnvName("PATH"),),
            "labels": (),
            "secret_labels": (),
            "entrypoint": None,
            "command": ("serve",),
            "working_dir": "/srv",
            "exposed_ports": ("8080/tcp",),
            "volumes": (),
            "on_build": (),
            "healthcheck": CHECKED,
            "history": (
                HistoryStep("COPY . /srv # buildkit", 100_000),
                HistoryStep(f"RUN /bin/sh -c {INSTALL} # buildkit", 5_000_000),
                HistoryStep("/bin/sh -c #(nop) ADD file:0a1b2c in / ", 45_000_000),
            ),
            "told_secrets": (),
            "files": image_files(),
        }
        | facts
    )


def image_files(**facts: Any) -> ImageFiles:
    """What is in an image on a maintained base from which the package manager was removed."""
    return ImageFiles(
        **{
            "setuid": (SetuidFile("/usr/bin/su", 0o4755, 0),),
            "capable": (),
            "secrets": (),
            "left_overs": (),
            "shells": ("/usr/bin/sh",),
            "package_managers": (),
            "without_password": (),
            "shared_uids": (),
            "shared_gids": (),
            "distribution": Distribution("debian", "13", "Debian GNU/Linux 13 (trixie)"),
        }
        | facts
    )


def an_engine(**facts: Any) -> Engine:
    """A maintained, hardened Docker Engine of 29 with AppArmor and without SELinux or user namespaces but rootless."""
    return Engine(
        **{
            "name": "Docker Engine",
            "podman": False,
            "version": "29.10.0",
            "api_version": "1.52",
            "os": "Debian GNU/Linux 13 (trixie)",
            "os_type": "linux",
            "kernel": "6.12.48",
            "architecture": "x86_64",
            "hostname": "berlin-1",
            "components": (
                Component("Engine", "29.10.0"),
                Component("containerd", "v2.3.2"),
                Component("runc", "1.4.4"),
            ),
            "security_options": (
                "name=apparmor",
                "name=cgroupns",
                "name=no-new-privileges",
                "name=rootless",
                "name=seccomp,profile=builtin",
            ),
            "storage_driver": "overlay2",
            "logging_driver": "fluentd",
            "cgroup_driver": "systemd",
            "cgroup_version": "2",
            "default_runtime": "runc",
            "runtimes": ("io.containerd.runc.v2", "runc"),
            "live_restore": True,
            "experimental": False,
            "debug": False,
            "warnings": (),
            "authorization_plugins": ("opa",),
            "insecure_cidrs": ("127.0.0.0/8", "::1/128"),
            "registries": (Registry("docker.io", True),),
            "registry_mirrors": (),
            "root_dir": "/var/lib/docker",
            "swarm": Swarm("inactive"),
            "containers_total": 1,
            "containers_stopped": 0,
            "day": "2026-11-26",
            "runtime_paths": (("io.containerd.runc.v2", "runc"), ("runc", "runc")),
            "proxies": (),
            "plugins": (),
            "platform": "Docker Engine - Community",
        }
        | facts
    )


def a_network(**facts: Any) -> Network:
    """The default bridge: it forbids traffic between containers, and publishes on loopback."""
    name = facts.get("name", "bridge")
    return Network(
        **{
            "id": f"{name}-id",
            "name": name,
            "key": name,
            "driver": "bridge",
            "scope": "local",
            "internal": False,
            "ipv6": False,
            "options": (
                ("com.docker.network.bridge.enable_icc", "false"),
                ("com.docker.network.bridge.host_binding_ipv4", "127.0.0.1"),
            ),
            "containers": (),
            "subnets": (Subnet("172.17.0.0/16", "172.17.0.1"),),
            "labels": (),
            "attachable": False,
        }
        | facts
    )


def a_volume(**facts: Any) -> Volume:
    name = facts.get("name", "data")
    return Volume(
        **{
            "name": name,
            "key": name,
            "driver": "local",
            "options": (),
            "mountpoint": f"/var/lib/docker/volumes/{name}/_data",
        }
        | facts
    )


def a_service(**facts: Any) -> Service:
    """A service whose tasks are made like the sane container, published nowhere; other facts are its template's."""
    name = facts.pop("name", "shop_web")
    ports = facts.pop("published", ())
    return Service(id=f"{name}-id", name=name, key=name, template=a_container(name=name, **facts), ports=ports)


def a_snapshot(**facts: Any) -> Snapshot:
    """One host with one of each."""
    return Snapshot(
        **{
            "engine": an_engine(),
            "containers": (a_container(),),
            "images": (an_image(),),
            "networks": (a_network(),),
            "volumes": (a_volume(),),
            "host": a_host(),
            "services": (a_service(),),
            "swarm_secrets": 1,
        }
        | facts
    )


def a_file(**facts: Any) -> HostFile:
    """daemon.json, owned by root and so narrow that it would do for a key."""
    path = facts.get("key", "/etc/docker/daemon.json")
    return HostFile(
        **{
            "key": path,
            "name": path,
            "role": "daemon.json",
            "type": "file",
            "mode": 0o400,
            "uid": 0,
            "gid": 0,
            "owner": "root",
            "group": "root",
        }
        | facts
    )


def a_host(**facts: Any) -> HostFacts:
    """A host whose files were all read: no file of Docker's but those that the test names, and all of them watched."""
    return HostFacts(
        **{
            "source": "local",
            "files": (a_file(),),
            "unread": (),
            "daemon": a_daemon(**HARDENED),
            "audit_rules": (AuditRule("/etc/docker", "wa", recursive=True),),
            "docker_group": (),
            "mount_points": ("/", "/var/lib/docker"),
            "listeners": (),
        }
        | facts
    )


HARDENED: dict[str, Any] = {
    "default-ulimits": {"nofile": {"Name": "nofile", "Soft": 1024, "Hard": 4096}},
    "userland-proxy": False,
}


def a_daemon(**options: Any) -> DaemonConfiguration:
    """A daemon set up by daemon.json alone; the names of options have underscores here, or come from a mapping."""
    settings = {name.replace("_", "-"): value for name, value in options.items()}
    text = json.dumps(settings, indent=2) + "\n"
    found = tuple(Setting(name, value, "daemon.json") for name, value in settings.items())
    return DaemonConfiguration("/etc/docker/daemon.json", text, found)


def a_bind(source: str, target: str = "/mnt", *, read_only: bool = False, propagation: str = "rprivate") -> Mount:
    return Mount("bind", source, target, read_only, propagation=propagation, mode="ro" if read_only else "")
