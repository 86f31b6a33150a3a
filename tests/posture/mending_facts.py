"""The changes that causes offer, made on facts as an operator would make them: what a claim is compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from secdash.checks import CATALOGUE
from secdash.checks.control_sockets import LOOPBACK
from secdash.checks.networks import EVERYWHERE
from secdash.checks.remedy import AuditFix, Change, ComposeFix, Exclude, FileFix, Include, Put
from secdash.facts.model import AuditRule, Container, HostFile, Network, Registry, Setting, Snapshot, Ulimit
from tests.build import CHECKED, an_engine

Facts = dict[str, Any]
replace = msgspec.structs.replace


def composed(container: Container, changes: Iterable[Change]) -> Container:
    """The container after its service was changed and it was made anew."""
    for change in changes:
        container = replace(container, **COMPOSE[change.key](container, change))
    return container


def fixed(snapshot: Snapshot, checks: Iterable[str], keys: Iterable[str]) -> Snapshot:
    """The containers of these keys with the Compose fixes of these checks, as far as there are any."""
    wanted, chosen = set(keys), list(checks)
    containers = tuple(
        composed(each, _changes(each, chosen)) if each.key in wanted else each for each in snapshot.containers
    )
    return replace(snapshot, containers=containers)


def _changes(container: Container, checks: Iterable[str]) -> list[Change]:
    fixes = (CATALOGUE[check].fix(container) for check in checks)
    return [change for fix in fixes if isinstance(fix, ComposeFix) for change in fix.changes]


def _ports(container: Container, change: Change) -> Facts:
    assert isinstance(change, Include)
    shut = (replace(each, address="127.0.0.1") if each.address in EVERYWHERE else each for each in container.ports)
    assert change.item.startswith(LOOPBACK[0])
    return {"ports": tuple(shut)}


def _list(fact: str) -> Callable[[Container, Change], Facts]:
    def made(container: Container, change: Change) -> Facts:
        gone = change.items if isinstance(change, Exclude) else change.instead_of if isinstance(change, Include) else ()
        left = tuple(each for each in getattr(container, fact) if each not in gone)
        return {fact: (*left, change.item) if isinstance(change, Include) else left}

    return made


def _put(fact: str, value: Any) -> Callable[[Container, Change], Facts]:
    return lambda _container, _change: {fact: value}


COMPOSE: dict[str, Callable[[Container, Change], Facts]] = {
    "mem_limit": _put("memory", 512 << 20),
    "pids_limit": _put("pids_limit", 200),
    "cpus": _put("nano_cpus", 1_000_000_000),
    "ulimits": _put("ulimits", (Ulimit("nofile", 1024, 4096),)),
    "healthcheck": _put("healthcheck", CHECKED),
    "restart": lambda _c, change: {"restart_policy": "on-failure", "restart_max": int(str(change.value)[-1])},
    "security_opt": _list("security_opt"),
    "read_only": _put("readonly_rootfs", True),
    "tmpfs": lambda _c, _change: {},
    "volumes": lambda _c, _change: {},
    "user": lambda _c, change: {"user": change.value, "processes": ()},
    "privileged": _put("privileged", False),
    "cap_drop": _list("cap_drop"),
    "cap_add": _list("cap_add"),
    "ports": _ports,
    "network_mode": _put("network_mode", "shop"),
    "pid": _put("pid_mode", ""),
    "ipc": lambda _c, change: {"ipc_mode": change.value if isinstance(change, Put) else "private"},
    "uts": _put("uts_mode", ""),
    "userns_mode": _put("userns_mode", ""),
    "cgroup": _put("cgroupns_mode", "private"),
    "cgroup_parent": _put("cgroup_parent", ""),
}


def _engine(**facts: Any) -> Callable[[Snapshot], Snapshot]:
    return lambda snapshot: replace(snapshot, engine=replace(snapshot.engine, **facts))


def _secured(option: str, instead_of: str = "") -> Callable[[Snapshot], Snapshot]:
    def made(snapshot: Snapshot) -> Snapshot:
        left = (each for each in snapshot.engine.security_options if not instead_of or instead_of not in each)
        return _engine(security_options=(*left, option))(snapshot)

    return made


def _set(name: str, value: Any) -> Callable[[Snapshot], Snapshot]:
    """In daemon.json; None takes the key out."""

    def made(snapshot: Snapshot) -> Snapshot:
        daemon = snapshot.host.daemon
        left = tuple(each for each in daemon.settings if each.name != name)
        settings = left if value is None else (*left, Setting(name, value, "daemon.json"))
        return replace(snapshot, host=replace(snapshot.host, daemon=replace(daemon, settings=settings)))

    return made


def _bridge(name: str, value: str) -> Callable[[Snapshot], Snapshot]:
    def option(network: Network) -> Network:
        key = f"com.docker.network.bridge.{name}"
        left = tuple(pair for pair in network.options if pair[0] != key)
        return replace(network, options=(*left, (key, value))) if network.name == "bridge" else network

    return lambda snapshot: replace(snapshot, networks=tuple(map(option, snapshot.networks)))


def _tls(snapshot: Snapshot) -> Snapshot:
    return _engine(warnings=())(_set("tlsverify", True)(snapshot))


# What the Engine says of itself after the key was set and it was started again.
DAEMON: dict[str, Callable[[Snapshot], Snapshot]] = {
    "no-new-privileges": _secured("name=no-new-privileges"),
    "seccomp-profile": _secured("name=seccomp,profile=builtin", instead_of="seccomp"),
    "icc": _bridge("enable_icc", "false"),
    "userns-remap": _secured("name=userns"),
    "live-restore": _engine(live_restore=True),
    "debug": _engine(debug=False),
    "log-level": _set("log-level", "info"),
    "experimental": _engine(experimental=False),
    "userland-proxy": _set("userland-proxy", False),
    "default-ulimits": _set("default-ulimits", {"nofile": {"Name": "nofile", "Soft": 1024, "Hard": 4096}}),
    "cgroup-parent": _set("cgroup-parent", None),
    "iptables": _set("iptables", True),
    "ip6tables": _set("ip6tables", True),
    "ip": _bridge("host_binding_ipv4", "127.0.0.1"),
    "insecure-registries": _engine(insecure_cidrs=("127.0.0.0/8",), registries=(Registry("docker.io", True),)),
    "storage-driver": _engine(storage_driver="overlay2"),
    "log-driver": _engine(logging_driver="fluentd"),
    "tlsverify": _tls,
}


def upgraded(snapshot: Snapshot, *parts: str) -> Snapshot:
    """The named parts as the newest packages bring them; the Engine's package brings all."""
    new = an_engine()
    old = {each.name: each for each in snapshot.engine.components}
    components = tuple(each if each.name in parts else old[each.name] for each in new.components)
    version = new.version if "Engine" in parts else snapshot.engine.version
    return _engine(components=components, version=version)(snapshot)


def given_to_root(snapshot: Snapshot, checks: Iterable[str]) -> Snapshot:
    """Every file after the commands of these checks' fixes for it."""
    return replace(snapshot, host=replace(snapshot.host, files=tuple(_chowned(f, checks) for f in snapshot.host.files)))


def _chowned(file: HostFile, checks: Iterable[str]) -> HostFile:
    entries = (CATALOGUE[name] for name in checks)
    for fix in (entry.fix(file) for entry in entries if entry.concerns(file)):
        assert isinstance(fix, FileFix)
        if fix.mode:
            file = replace(file, mode=int(fix.mode, 8))
        if fix.owner:
            assert fix.owner == "root:root"
            file = replace(file, uid=0, gid=0, owner="root", group="root")
    return file


def audited(snapshot: Snapshot, checks: Iterable[str]) -> Snapshot:
    """With the rules that these checks' fixes add."""
    pairs = ((CATALOGUE[name], file) for name in checks for file in snapshot.host.files)
    fixes = [entry.fix(file) for entry, file in pairs if entry.concerns(file)]
    rules = tuple(AuditRule(fix.path, "wa", recursive=fix.folder) for fix in fixes if isinstance(fix, AuditFix))
    return replace(snapshot, host=replace(snapshot.host, audit_rules=rules))
