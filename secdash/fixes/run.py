"""A Compose service as a `docker run` command line. Every option is one of Engine 20.10's."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from typing import Any

from secdash.checks.service import PUBLISH_ALL
from secdash.fixes.quantities import seconds
from secdash.fixes.rebuilt.process import AUTO_REMOVE

Words = tuple[str, ...]
Writer = Callable[[Any], list[Words]]


def line(service: Mapping[str, Any], *, name: str, image: str | None = None) -> str:
    """One option a line, quoted for a shell; above it the network it needs, below it those it is connected to later."""
    words = [("docker", "run", "--detach"), *_options(service, name), _program(service, image)]
    before = map(shlex.join, preparations(service, name=name))
    after = map(shlex.join, connections(service, name=name))
    return "\n".join([*before, " \\\n  ".join(map(shlex.join, words)), *after])


def argv(service: Mapping[str, Any], *, name: str, image: str | None = None) -> list[str]:
    """The words of the command itself, from `docker` to the last word for the container."""
    words = [("docker", "run", "--detach"), *_options(service, name), _program(service, image)]
    return [word for group in words for word in group]


def preparations(service: Mapping[str, Any], *, name: str) -> list[list[str]]:
    """The command that makes the container's own network, where Compose would make one for the project."""
    return [["docker", "network", "create", _own_network(name)]] if _wants_own_network(service) else []


def connections(service: Mapping[str, Any], *, name: str) -> list[list[str]]:
    """Commands that attach the container to its further networks: `docker run` knew only one before Engine 25."""
    networks = service.get("networks") or {}
    return [
        ["docker", "network", "connect", *_end(_settings(networks, network), "--alias"), network, name]
        for network in list(networks)[1:]
    ]


def _wants_own_network(service: Mapping[str, Any]) -> bool:
    """A Compose service that names no network gets one of its project; `docker run` would take the default bridge."""
    return not service.get("network_mode") and not service.get("networks")


def _own_network(name: str) -> str:
    return f"{name}-net"


def known_keys() -> frozenset[str]:
    """The keys of a service that can be said on the command line."""
    return frozenset(WRITERS) | {"image", "command", "container_name"}


def _options(service: Mapping[str, Any], name: str) -> list[Words]:
    written = [words for key, value in service.items() if key in WRITERS for words in WRITERS[key](value)]
    own = [("--network", _own_network(name))] if _wants_own_network(service) else []
    return [("--name", name), *written, *own]


def _program(service: Mapping[str, Any], image: str | None) -> Words:
    """The image and all words after it. `--entrypoint` takes one word, so the others go before the command."""
    entrypoint, command = _words(service.get("entrypoint")), _words(service.get("command"))
    return (image or service["image"], *entrypoint[1:], *command)


def _words(value: str | list[str] | None) -> list[str]:
    return shlex.split(value) if isinstance(value, str) else list(value or ())


def _option(flag: str) -> Writer:
    return lambda value: [(flag, str(value))]


def _each(flag: str) -> Writer:
    return lambda values: [(flag, str(value)) for value in values]


def _pairs(flag: str) -> Writer:
    return lambda values: [(flag, f"{name}={value}") for name, value in values.items()]


def _switch(flag: str) -> Writer:
    return lambda value: [(flag,)] if value else []


def _init(value: bool) -> list[Words]:
    return [("--init",) if value else ("--init=false",)]


def _entrypoint(value: str | list[str]) -> list[Words]:
    return [("--entrypoint", (_words(value) or [""])[0])]


def _stop_timeout(value: object) -> list[Words]:
    return [("--stop-timeout", str(seconds(value)))]


def _healthcheck(value: Mapping[str, Any]) -> list[Words]:
    """`--health-cmd` is always given to a shell, so a command in exec form is quoted for one."""
    if value.get("disable"):
        return [("--no-healthcheck",)]
    test = value.get("test") or ()
    written: list[Words] = [("--health-cmd", _health_command(test))] if test else []
    settings = ("interval", "timeout", "start_period", "retries")
    return written + [(f"--health-{key.replace('_', '-')}", str(value[key])) for key in settings if key in value]


def _health_command(test: str | list[str]) -> str:
    if isinstance(test, str):
        return test
    return " ".join(test[1:]) if test[0] == "CMD-SHELL" else shlex.join(test[1:])


def _gpus(value: Mapping[str, Any]) -> list[Words]:
    """Reserved devices. The option's value is a line of CSV, so lists inside it are quoted."""
    devices = value.get("resources", {}).get("reservations", {}).get("devices", ())
    return [("--gpus", ",".join(_gpu_fields(device))) for device in devices]


def _gpu_fields(device: Mapping[str, Any]) -> list[str]:
    fields = [f"driver={device['driver']}"] if device.get("driver") else []
    if device.get("device_ids"):
        fields.append(f'"device={",".join(device["device_ids"])}"')
    elif "count" in device:
        fields.append(f"count={device['count']}")
    # The command line adds gpu by itself.
    further = [name for name in device.get("capabilities", ()) if name != "gpu"]
    return [*fields, f'"capabilities={",".join(further)}"'] if further else fields


def _network_mode(value: str) -> list[Words]:
    """The default bridge is what `docker run` takes by itself."""
    return [] if value == "bridge" else [("--network", value)]


def _network(value: Mapping[str, Any] | list[str]) -> list[Words]:
    """The first network only; see `connections`."""
    first = next(iter(value), "")
    if not first:
        return []
    end = _end(_settings(value, first), "--network-alias")
    return [("--network", first), *zip(end[::2], end[1::2], strict=True)]


def _settings(networks: Mapping[str, Any] | list[str], network: str) -> Mapping[str, Any]:
    return (networks[network] or {}) if isinstance(networks, Mapping) else {}


def _end(settings: Mapping[str, Any], alias: str) -> list[str]:
    written = [word for name in settings.get("aliases", ()) for word in (alias, name)]
    for key, flag in (("ipv4_address", "--ip"), ("ipv6_address", "--ip6")):
        if settings.get(key):
            written += [flag, settings[key]]
    return written


def _volumes(values: list[str | Mapping[str, Any]]) -> list[Words]:
    return [("--volume", value) if isinstance(value, str) else ("--mount", _mount(value)) for value in values]


def _mount(value: Mapping[str, Any]) -> str:
    fields = [f"type={value['type']}", f"source={value['source']}" if value.get("source") else ""]
    fields += [f"target={value['target']}", "readonly" if value.get("read_only") else ""]
    if propagation := value.get("bind", {}).get("propagation"):
        fields.append(f"bind-propagation={propagation}")
    return ",".join(f'"{field}"' if "," in field else field for field in fields if field)


def _volumes_from(values: list[str]) -> list[Words]:
    return [("--volumes-from", value.removeprefix("container:")) for value in values]


def _ulimits(values: Mapping[str, int | Mapping[str, int]]) -> list[Words]:
    return [
        ("--ulimit", f"{name}={limit}" if isinstance(limit, int) else f"{name}={limit['soft']}:{limit['hard']}")
        for name, limit in values.items()
    ]


def _logging(value: Mapping[str, Any]) -> list[Words]:
    driver = [("--log-driver", value["driver"])] if value.get("driver") else []
    return [*driver, *_pairs("--log-opt")(value.get("options", {}))]


WRITERS: dict[str, Writer] = {
    "entrypoint": _entrypoint,
    "user": _option("--user"),
    "working_dir": _option("--workdir"),
    "environment": _each("--env"),
    "env_file": _each("--env-file"),
    "hostname": _option("--hostname"),
    "domainname": _option("--domainname"),
    "tty": _switch("--tty"),
    "stdin_open": _switch("--interactive"),
    "init": _init,
    "stop_signal": _option("--stop-signal"),
    "stop_grace_period": _stop_timeout,
    "restart": _option("--restart"),
    AUTO_REMOVE: _switch("--rm"),
    "healthcheck": _healthcheck,
    "privileged": _switch("--privileged"),
    "cap_add": _each("--cap-add"),
    "cap_drop": _each("--cap-drop"),
    "security_opt": _each("--security-opt"),
    "group_add": _each("--group-add"),
    "devices": _each("--device"),
    "device_cgroup_rules": _each("--device-cgroup-rule"),
    "sysctls": _pairs("--sysctl"),
    "runtime": _option("--runtime"),
    "deploy": _gpus,
    "pid": _option("--pid"),
    "ipc": _option("--ipc"),
    "uts": _option("--uts"),
    "userns_mode": _option("--userns"),
    "cgroup": _option("--cgroupns"),
    "cgroup_parent": _option("--cgroup-parent"),
    "read_only": _switch("--read-only"),
    "volumes": _volumes,
    "tmpfs": _each("--tmpfs"),
    "volumes_from": _volumes_from,
    "shm_size": _option("--shm-size"),
    "mem_limit": _option("--memory"),
    "memswap_limit": _option("--memory-swap"),
    "mem_reservation": _option("--memory-reservation"),
    "cpus": _option("--cpus"),
    "cpu_shares": _option("--cpu-shares"),
    "cpu_quota": _option("--cpu-quota"),
    "cpu_period": _option("--cpu-period"),
    "cpuset": _option("--cpuset-cpus"),
    "pids_limit": _option("--pids-limit"),
    "ulimits": _ulimits,
    "oom_kill_disable": _switch("--oom-kill-disable"),
    "oom_score_adj": _option("--oom-score-adj"),
    "logging": _logging,
    "network_mode": _network_mode,
    "networks": _network,
    "ports": _each("--publish"),
    PUBLISH_ALL: _switch("--publish-all"),
    "expose": _each("--expose"),
    "external_links": _each("--link"),
    "extra_hosts": _each("--add-host"),
    "dns": _each("--dns"),
    "dns_search": _each("--dns-search"),
    "dns_opt": _each("--dns-option"),
    "labels": _pairs("--label"),
}
