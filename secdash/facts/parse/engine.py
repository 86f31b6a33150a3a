"""The Engine and the machine below it, from `/version` and `/info`."""

from __future__ import annotations

from typing import Any

from secdash.facts import redact
from secdash.facts.answers import NOT_ASKED
from secdash.facts.message import Message, say
from secdash.facts.model import Component, Engine, Proxy, Registry, Swarm, Unknown
from secdash.facts.parse.parts import day
from secdash.facts.parse.plugins import plugin
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


def runtime_paths(value: object) -> tuple[tuple[str, str], ...]:
    """Where each runtime is: the path of a program, or the type of a shim that containerd finds by itself."""
    found = ((name, mapping(entry)) for name, entry in mapping(value).items())
    return tuple(sorted((name, text(entry.get("path") or entry.get("runtimeType") or "")) for name, entry in found))


def proxies(info: Node) -> tuple[Proxy, ...] | Unknown:
    """The proxies that are set. Engines leave the settings out, or say "", where there is none."""
    found = [(name, info.at(name).read(text, absent="", null="")) for name in ("HttpProxy", "HttpsProxy")]
    missing = next((value for _, value in found if isinstance(value, Unknown)), None)
    return missing or tuple(Proxy(name, redact.password_in(url)) for name, url in found if isinstance(url, str) and url)


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
    "day": Field("SystemTime", day),
    "runtime_paths": Field("Runtimes", runtime_paths, null=()),
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
    "runtime_paths": say("Podman lists every runtime that it would know, whether it is installed or not."),
    "plugins": say("Podman has no managed plugins."),
}


def is_podman(version: object) -> bool:
    return _first_component(version) == PODMAN


def parse_engine(version: object, info: object, plugins: object = NOT_ASKED, reached: str = "") -> Engine:
    facts: dict[str, Any] = {
        **read_all(Node(version), VERSION),
        **read_all(Node(info), INFO),
        "proxies": proxies(Node(info)),
        "plugins": Node(plugins, "plugins").read(records(plugin), null=()),
    }
    if reached:
        facts["reached"] = reached
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
