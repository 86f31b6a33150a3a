"""What a subject may do, read from its facts: plain entries by kind of privilege, for an acceptance to be bound to.

Entries are written so that more of them is more privilege. A kind whose fact is unknown is left out, never empty.
Host ports are left out: the Engine chooses many of them anew at each start. So are anonymous volumes, for their names.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from secdash.checks.capabilities import DEFAULTS
from secdash.checks.service import ANONYMOUS, is_seccomp_profile, security_entry
from secdash.facts.message import say
from secdash.facts.model import (
    KINDS,
    Container,
    DaemonConfiguration,
    Engine,
    Fact,
    FactMissing,
    HostFacts,
    HostFile,
    Image,
    Mount,
    Network,
    Port,
    Service,
    Snapshot,
    Subject,
    Unknown,
    Volume,
    known,
    listing,
)

Privileges = dict[str, list[str]]
Reader = Callable[[Any], Iterable[str]]
Place = tuple[str, str]  # kind and key of a subject

EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104 - compared with, not bound to
ALL_ADDRESSES = "*"
ROOTS = ("", "0", "root")
BITS = {
    0o4000: "setuid",
    0o2000: "setgid",
    0o040: "g+r",
    0o020: "g+w",
    0o010: "g+x",
    0o004: "o+r",
    0o002: "o+w",
    0o001: "o+x",
}
SAFEGUARDS = ("apparmor", "seccomp", "selinux", "rootless", "userns", "no-new-privileges")
BRIDGE = "com.docker.network.bridge."
NAMED_BY_CONTENT = Unknown(say("An image that is named by its content alone has no repository."))


def privileges_of(subject: Subject, host: Fact[HostFacts] | None = None) -> Privileges:
    """The privileges of a subject by kind; `host` has what was read of an Engine's own machine."""
    read = _all_known(READERS[subject.kind], subject)
    if isinstance(subject, Service):
        read = _all_known(CONTAINER, subject.template) | read
    if isinstance(subject, Engine) and host is not None and "listening" in read:
        listening = {*read.get("listening", ()), *_configured(host)}
        read["listening"] = sorted(listening)
    return read


def seen_in(snapshot: Snapshot, wanted: Collection[Place] | None = None) -> dict[Place, Privileges]:
    """The privileges of all subjects that were listed, or of the wanted ones among them."""
    found = {}
    for kind in KINDS:
        subjects = listing(snapshot, kind)
        for subject in () if isinstance(subjects, Unknown) else subjects:
            if wanted is None or (kind, subject.key) in wanted:
                found[kind, subject.key] = privileges_of(subject, snapshot.host)
    return found


def repository(reference: str) -> str:
    """An image's name without tag and digest; "" for one that is named by its content alone."""
    name = reference.partition("@")[0]
    head, slash, last = name.rpartition("/")
    if name == "sha256" or name.startswith("sha256:"):
        return ""
    return f"{head}{slash}{last.partition(':')[0]}"


def canonical(name: str) -> str:
    """The repository as Docker itself completes it, so that two spellings of one name are one."""
    for prefix in ("index.docker.io/", "docker.io/", "library/"):
        name = name.removeprefix(prefix)
    return name


def _all_known(readers: Mapping[str, Reader], subject: object) -> Privileges:
    found: Privileges = {}
    for kind, read in readers.items():
        try:
            found[kind] = sorted({entry.replace("\0", "") for entry in read(subject)})
        except FactMissing:
            continue
    return found


# --- containers ---------------------------------------------------------------------------------------------------


def _if(fact: bool, entry: str) -> list[str]:
    return [entry] if fact else []


def _capabilities(container: Container) -> Iterable[str]:
    """What it has in the end: the usual ones less those dropped, and those added."""
    added, dropped = set(known(container.cap_add)), set(known(container.cap_drop))
    usual = frozenset() if "ALL" in dropped else DEFAULTS - dropped
    return usual | added


def _sources(mounts: Iterable[Mount]) -> Iterable[str]:
    for mount in mounts:
        if mount.type == "volume" and mount.name and not ANONYMOUS.fullmatch(mount.name):
            yield f"volume {mount.name}"
        elif mount.type not in ("volume", "tmpfs"):
            yield posixpath.normpath(mount.source)


def _writable(container: Container) -> Iterable[str]:
    return _sources(mount for mount in known(container.mounts) if not mount.read_only)


def _shared(container: Container) -> Iterable[str]:
    return _sources(mount for mount in known(container.mounts) if mount.propagation in ("shared", "rshared"))


def _devices(container: Container) -> Iterable[str]:
    for device in known(container.devices):
        yield from (f"{device.host} {letter}" for letter in device.permissions or "rwm")
    for fact in (container.device_cgroup_rules, container.device_requests):  # Podman never tells some
        yield from () if isinstance(fact, Unknown) else fact


def port_entries(ports: Iterable[Port]) -> Iterable[str]:
    """`80/tcp *`: the port of the container, and the address of the host that leads to it."""
    for port in ports:
        address = ALL_ADDRESSES if port.address in EVERY_ADDRESS else port.address
        yield f"{port.container_port}/{port.protocol} {address}"


def _user(fact: str) -> list[str]:
    user = fact.partition(":")[0]
    return ["root"] if user in ROOTS else [fact]


def _security(container: Container) -> Iterable[str]:
    """What was switched off, or replaced by a profile of one's own; of two alike the last counts."""
    chosen = dict(entry.partition("=")[::2] for entry in map(security_entry, known(container.security_opt)))
    if chosen.get("no-new-privileges") != "true":
        yield "no-new-privileges off"
    for name in ("seccomp", "apparmor", "label", "systempaths"):
        value = chosen.get(name, "")
        if value in ("unconfined", "disable"):
            yield f"{name} off"
        elif name == "seccomp" and is_seccomp_profile(f"seccomp={value}"):
            yield f"seccomp profile {hashlib.blake2b(value.encode(), digest_size=6).hexdigest()}"
        elif value and not (name == "seccomp" and value in ("builtin", "default")):
            yield f"{name} {value}"


def _namespace(name: str, mode: str) -> list[str]:
    if mode == "host":
        return [f"{name} host"]
    return [f"{name} of a container"] if mode.startswith("container:") else []


def _made_from(reference: str) -> list[str]:
    name = canonical(repository(reference))
    if not name:
        raise FactMissing(NAMED_BY_CONTENT)
    return [name]


CONTAINER: dict[str, Reader] = {
    "privileged": lambda it: _if(known(it.privileged), "privileged"),
    "capabilities": _capabilities,
    "devices": _devices,
    "security": _security,
    "apparmor": lambda it: _if(known(it.apparmor_profile) == "unconfined", "apparmor off"),
    "paths": lambda it: _if(not known(it.masked_paths), "kernel paths unmasked"),
    "user": lambda it: _user(known(it.user)),
    "groups": lambda it: known(it.group_add),
    "mounts": lambda it: _sources(known(it.mounts)),
    "writable": _writable,
    "propagation": _shared,
    "files": lambda it: _if(not known(it.readonly_rootfs), "writable root file system"),
    "ports": lambda it: port_entries(known(it.ports)),
    "network": lambda it: _namespace("network", known(it.network_mode)),
    "pid": lambda it: _namespace("pid", known(it.pid_mode)),
    "ipc": lambda it: _namespace("ipc", known(it.ipc_mode)),
    "uts": lambda it: _namespace("uts", known(it.uts_mode)),
    "userns": lambda it: _namespace("userns", known(it.userns_mode)),
    "cgroup": lambda it: _namespace("cgroup", known(it.cgroupns_mode)),
    "runtime": lambda it: [known(it.runtime) or "runc"],
    "image": lambda it: _made_from(known(it.image)),
}

# --- everything else ----------------------------------------------------------------------------------------------


def _mode(file: HostFile) -> Iterable[str]:
    mode = known(file.mode)
    return (word for bit, word in BITS.items() if mode & bit)


def _network_options(network: Network) -> Iterable[str]:
    options = dict(known(network.options))
    if options.get(f"{BRIDGE}enable_icc", "true") != "false":
        yield "containers reach each other"
    if options.get(f"{BRIDGE}enable_ip_masquerade", "true") != "false":
        yield "leaves as the host"
    for name in ("gateway_mode_ipv4", "gateway_mode_ipv6", "trusted_host_interfaces"):
        if value := options.get(f"{BRIDGE}{name}", ""):
            yield f"{name}={value}"
    if value := options.get("parent", ""):
        yield f"parent={value}"


def _binding_address(network: Network) -> list[str]:
    address = dict(known(network.options)).get(f"{BRIDGE}host_binding_ipv4", "")
    return [f"ports {ALL_ADDRESSES if address in EVERY_ADDRESS else address}"]


def _volume_source(volume: Volume) -> Iterable[str]:
    return (f"{name}={value}" for name, value in known(volume.options) if name in ("device", "o", "type"))


def _without_safeguards(engine: Engine) -> Iterable[str]:
    there = {part for option in known(engine.security_options) for part in option.replace("name=", "").split(",")}
    return (f"without {name}" for name in SAFEGUARDS if name not in there)


def _unsafe_registries(engine: Engine) -> Iterable[str]:
    yield from known(engine.insecure_cidrs)
    yield from (registry.name for registry in known(engine.registries) if not registry.secure)


def _plugin_capabilities(engine: Engine) -> Iterable[str]:
    for plugin in known(engine.plugins):
        if plugin.enabled:
            yield plugin.name
            yield from (f"{plugin.name} {capability}" for capability in plugin.capabilities)


def _warned_of(engine: Engine) -> Iterable[str]:
    """The Engine itself warns of each address at which it answers without asking who is there."""
    for warning in known(engine.warnings):
        if "API is accessible on" in warning:
            yield warning.partition("API is accessible on")[2].split()[0].strip(".,")


def _configured(host: Fact[HostFacts]) -> Iterable[str]:
    """The TCP addresses that the daemon is told to listen on."""
    if isinstance(host, Unknown) or not isinstance(host.daemon, DaemonConfiguration):
        return
    settings = host.daemon.settings
    for setting in () if isinstance(settings, Unknown) else settings:
        values = setting.value if isinstance(setting.value, list) else [setting.value]
        if setting.name == "hosts":
            yield from (str(value) for value in values if str(value).startswith("tcp://"))


READERS: dict[str, Mapping[str, Reader]] = {
    Container.kind: CONTAINER,
    Service.kind: {"ports": lambda it: port_entries(known(it.ports))},
    Image.kind: {
        "image": lambda it: _made_from(it.key),
        "user": lambda it: _user(known(it.user)),
    },
    HostFile.kind: {
        "mode": _mode,
        "owner": lambda it: [] if known(it.uid) == 0 else [known(it.owner)],
        "group": lambda it: [] if known(it.gid) == 0 else [known(it.group)],
    },
    Network.kind: {
        "outside": lambda it: _if(not known(it.internal), "reaches outside"),
        "ipv6": lambda it: _if(known(it.ipv6), "IPv6"),
        "attachable": lambda it: _if(known(it.attachable), "attachable"),
        "options": _network_options,
        "binding": _binding_address,
        "driver": lambda it: [known(it.driver)],
    },
    Volume.kind: {"driver": lambda it: [known(it.driver)], "source": _volume_source},
    Engine.kind: {
        "listening": _warned_of,
        "safeguards": _without_safeguards,
        "registries": _unsafe_registries,
        "plugins": _plugin_capabilities,
        "authorization": lambda it: _if(not known(it.authorization_plugins), "no authorization plugin"),
    },
}
