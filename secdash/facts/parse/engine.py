"""The Engine and the machine below it, from `/version` and `/info`."""

from __future__ import annotations

from typing import Any

from secdash.facts import redact
from secdash.facts.message import Message, say
from secdash.facts.model import Component, Engine, Registry, Swarm, Unknown
from secdash.facts.parse.reading import (
    Field,
    Node,
    flag,
    in_any_order,
    in_order,
    in_record_order,
    items,
    mapping,
    names,
    optional,
    read_all,
    records,
    text,
    whole,
)

PODMAN = "Podman Engine"
DOCKER = "Docker Engine"


def component(value: object) -> Component:
    found = mapping(value)
    return Component(text(found.get("Name")), text(found.get("Version", "")))


def registries(value: object) -> tuple[Registry, ...]:
    return in_record_order(Registry(name, flag(mapping(entry).get("Secure"))) for name, entry in mapping(value).items())


def swarm(value: object) -> Swarm:
    found = mapping(value)
    return Swarm(
        state=text(found.get("LocalNodeState", "")) or "inactive",
        manager=flag(found.get("ControlAvailable", False)),
        managers=whole(found.get("Managers") or 0),
        nodes=whole(found.get("Nodes") or 0),
        **_cluster(found.get("Cluster")),
    )


def _cluster(value: object) -> dict[str, Any]:
    """What `info` tells on managers. `/swarm` is never asked: its answer holds the join tokens."""
    if not value:
        return {}
    spec = Node(value, "info.Swarm.Cluster").at("Spec")
    return {
        "autolock": spec.at("EncryptionConfig", "AutoLockManagers").read(flag, absent=False),
        "certificate_life": spec.at("CAConfig", "NodeCertExpiry").read(whole),
    }


def masked(value: object) -> str:
    return redact.masked_text(text(value))


VERSION = {
    "version": Field("Version", text),
    "api_version": Field("ApiVersion", text),
    "components": optional("Components", records(component), ()),
    "platform": optional("Platform.Name", text, ""),
}

INFO = {
    "os": Field("OperatingSystem", text),
    "os_type": Field("OSType", text),
    "kernel": Field("KernelVersion", text),
    "architecture": Field("Architecture", text),
    "hostname": Field("Name", text),
    "security_options": Field("SecurityOptions", in_any_order(text), null=()),
    "storage_driver": Field("Driver", text),
    "logging_driver": Field("LoggingDriver", text),
    "cgroup_driver": Field("CgroupDriver", text),
    "cgroup_version": Field("CgroupVersion", text),
    "default_runtime": Field("DefaultRuntime", text),
    "runtimes": Field("Runtimes", names, null=()),
    "live_restore": Field("LiveRestoreEnabled", flag),
    "experimental": Field("ExperimentalBuild", flag),
    "debug": Field("Debug", flag),
    "warnings": Field("Warnings", in_any_order(masked), null=()),
    "authorization_plugins": Field("Plugins.Authorization", in_any_order(text), null=()),
    "insecure_cidrs": Field("RegistryConfig.InsecureRegistryCIDRs", in_any_order(text), null=()),
    "registries": Field("RegistryConfig.IndexConfigs", registries, null=()),
    "registry_mirrors": Field("RegistryConfig.Mirrors", in_order(masked), null=()),
    "root_dir": Field("DockerRootDir", text),
    "swarm": Field("Swarm", swarm),
    "containers_total": Field("Containers", whole),
    "containers_stopped": Field("ContainersStopped", whole),
}

HAS_NO_DAEMON = say("Podman has no daemon, so this setting does not exist there.")
READS_OTHER_FILES = say("Podman keeps its registries in registries.conf and does not tell them through the Docker API.")
ALWAYS_THE_SAME = say("Podman gives the same answer whatever its configuration is.")
PODMAN_MEANINGLESS: dict[str, Message] = {
    "live_restore": HAS_NO_DAEMON,
    "authorization_plugins": HAS_NO_DAEMON,
    "logging_driver": say("Podman does not tell this through the Docker API."),
    "experimental": ALWAYS_THE_SAME,
    "debug": ALWAYS_THE_SAME,
    "insecure_cidrs": READS_OTHER_FILES,
    "registries": READS_OTHER_FILES,
    "registry_mirrors": READS_OTHER_FILES,
}


def is_podman(version: object) -> bool:
    return _first_component(version) == PODMAN


def parse_engine(version: object, info: object) -> Engine:
    facts: dict[str, Any] = {**read_all(Node(version), VERSION), **read_all(Node(info), INFO)}
    podman = is_podman(version)
    if podman:
        facts |= {name: Unknown(why) for name, why in PODMAN_MEANINGLESS.items()}
    first = _first_component(version)
    return Engine(name=DOCKER if first in ("Engine", "") else first, podman=podman, **facts)


def _first_component(version: object) -> str:
    """What the Engine calls itself; "" where it does not say."""
    components = Node(version).at("Components").read(items, null=[])
    first = Node(components[0]) if isinstance(components, list) and components else Node(None)
    name = first.at("Name").read(text)
    return name if isinstance(name, str) else ""
