"""The Engine and the machine below it."""

from __future__ import annotations

from secdash.facts.message import say
from secdash.facts.model.base import READ_SINCE, Fact, Record, Unknown


class Component(Record, frozen=True):
    """A part of the Engine and its version, as `/version` lists them."""

    name: str
    version: str


class Registry(Record, frozen=True):
    """A registry that the Engine is told about in `IndexConfigs`."""

    name: str
    secure: bool


class Proxy(Record, frozen=True):
    """A proxy that the Engine goes through, by the name of its setting. `password`: none, shown (to everybody who may
    ask the Engine), masked (by the Engine itself). The address is not kept.
    """

    setting: str
    password: str


class Plugin(Record, frozen=True):
    """A managed plugin and what it was granted. `sources` are the paths of the host that it mounts."""

    name: str
    enabled: bool
    network: str
    host_pid: bool
    host_ipc: bool
    all_devices: bool
    capabilities: tuple[str, ...]
    sources: tuple[str, ...]


ONLY_MANAGERS_TELL = Unknown(say("Only the managers of a swarm tell this."))


class Swarm(Record, frozen=True, tag=True):
    """The Engine's place in a swarm. `state`: inactive, pending, active, error, locked. Never holds a token or key."""

    state: str
    manager: bool = False
    managers: int = 0
    nodes: int = 0
    autolock: Fact[bool] = ONLY_MANAGERS_TELL
    certificate_life: Fact[int] = ONLY_MANAGERS_TELL  # of the nodes' certificates, in nanoseconds


class Engine(Record, frozen=True):
    """The Engine and the machine below it, from version and info."""

    kind = "engine"
    key = "engine"

    name: str  # Docker Engine, Podman Engine, or what it calls itself
    podman: bool
    version: Fact[str]
    api_version: Fact[str]
    os: Fact[str]
    os_type: Fact[str]
    kernel: Fact[str]
    architecture: Fact[str]
    hostname: Fact[str]
    components: Fact[tuple[Component, ...]]
    security_options: Fact[tuple[str, ...]]  # as written: "name=seccomp,profile=builtin"
    storage_driver: Fact[str]
    logging_driver: Fact[str]
    cgroup_driver: Fact[str]
    cgroup_version: Fact[str]
    default_runtime: Fact[str]
    runtimes: Fact[tuple[str, ...]]
    live_restore: Fact[bool]
    experimental: Fact[bool]
    debug: Fact[bool]
    warnings: Fact[tuple[str, ...]]
    authorization_plugins: Fact[tuple[str, ...]]
    insecure_cidrs: Fact[tuple[str, ...]]
    registries: Fact[tuple[Registry, ...]]
    registry_mirrors: Fact[tuple[str, ...]]
    root_dir: Fact[str]
    swarm: Fact[Swarm]
    containers_total: Fact[int]
    containers_stopped: Fact[int]
    day: Fact[str] = READ_SINCE  # the day of the look by the host's own clock, YYYY-MM-DD
    runtime_paths: Fact[tuple[tuple[str, str], ...]] = READ_SINCE  # name, path or type of its shim
    proxies: Fact[tuple[Proxy, ...]] = READ_SINCE
    plugins: Fact[tuple[Plugin, ...]] = READ_SINCE
    reached: Fact[str] = READ_SINCE  # by which scheme it was read: unix, tcp (without TLS), tls, ssh
    platform: Fact[str] = READ_SINCE  # what the builder calls it: "Docker Engine - Community"; "" where unnamed
