"""What was seen on a host: a frozen snapshot in which every fact is a value or says why it is unknown.

Nothing here is raw: `parse` builds these records and has redacted them. Times are ISO 8601 strings as the Engine
writes them, sizes are bytes, durations nanoseconds, all as the Engine counts them.
"""

from __future__ import annotations

from typing import Any, TypeVar, Union, cast

import msgspec

from secdash.facts.message import Message, say

T = TypeVar("T")


class Unknown(msgspec.Struct, frozen=True, tag=True):
    """In the place of a fact that could not be read, with the reason."""

    why: Message


Fact = Union[T, Unknown]  # noqa: UP007 - an alias that takes a parameter cannot be spelled with |


class FactMissing(Exception):
    """A check asked for a fact that is unknown; the engine turns it into an `unknown` verdict."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(str(unknown.why))
        self.unknown = unknown


def known(fact: T | Unknown) -> T:
    """The fact's value. Raises FactMissing where it is unknown."""
    if isinstance(fact, Unknown):
        raise FactMissing(fact)
    return fact


class Record(msgspec.Struct, frozen=True):
    """Base of the records below."""


# The default of a fact that came to its record later, where nothing more can be said.
READ_SINCE = Unknown(say("The stored snapshot is older than this fact; the next scan of the host reads it."))


class EnvName(Record, frozen=True):
    """One environment variable without its value. `secret` says why it looks like a secret ("" if it does not).

    `switch` is "on" or "off" for the few names that `redact.SWITCHES` lists, and "" for every other name and value.
    """

    name: str
    secret: str = ""
    empty: bool = False
    switch: str = ""


class Mount(Record, frozen=True):
    """One entry of `Mounts`: what the Engine resolved, whichever option asked. `type`: bind, volume, tmpfs, npipe."""

    type: str
    source: str
    destination: str
    read_only: bool
    name: str = ""
    driver: str = ""
    propagation: str = ""
    mode: str = ""


class Port(Record, frozen=True):
    """A published port, from `NetworkSettings.Ports` and `HostConfig.PortBindings` together.

    `address` is "" where none was chosen, which means every address, IPv4 and IPv6. `host_port` is "" where the
    Engine is to choose one.
    """

    container_port: int
    protocol: str
    address: str
    host_port: str


class Device(Record, frozen=True):
    """A device given with `--device`."""

    host: str
    container: str
    permissions: str


class Ulimit(Record, frozen=True):
    """A resource limit; the name is lower case, without podman's RLIMIT_."""

    name: str
    soft: int
    hard: int


class Attachment(Record, frozen=True):
    """A container's end of a network, by the name under which the container knows it.

    `aliases` are the ones that were asked for, and so is `address`: "" where the Engine chose.
    """

    network: str
    network_id: str = ""
    aliases: tuple[str, ...] = ()
    address: str = ""


class Healthcheck(Record, frozen=True):
    """What the container or image declares; `test` empty means inherited, ("NONE",) means switched off."""

    test: tuple[str, ...]
    interval: int = 0
    timeout: int = 0
    start_period: int = 0
    retries: int = 0


class Process(Record, frozen=True):
    """A line of `top`: the host's view of the user, and the command's first word without its path."""

    user: str
    command: str


class Exec(Record, frozen=True):
    """A running `docker exec` session."""

    privileged: bool
    user: str
    command: str


WRITES_NOT_READ = Unknown(say("What this container wrote was not read; scan the host while it runs."))


class Container(Record, frozen=True):
    """A container in any state, from its inspect answer. Field names follow the Engine's."""

    kind = "container"

    id: str
    name: str
    key: str  # outlives re-creation: project/service/number of Compose, service.slot of Swarm, else the name
    image: Fact[str]  # the reference it was created from
    image_id: Fact[str]
    state: Fact[str]  # created, running, paused, restarting, removing, exited, dead
    created: Fact[str]
    labels: Fact[tuple[tuple[str, str], ...]]  # redacted
    # process
    user: Fact[str]
    env: Fact[tuple[EnvName, ...]]  # image's and container's together, as the Engine merges them
    command: Fact[tuple[str, ...]]  # Config.Cmd, redacted
    entrypoint: Fact[tuple[str, ...] | None]  # Config.Entrypoint, redacted
    working_dir: Fact[str]
    hostname: Fact[str]
    domainname: Fact[str]
    tty: Fact[bool]
    open_stdin: Fact[bool]
    stop_signal: Fact[str]
    stop_timeout: Fact[int | None]
    init: Fact[bool | None]
    healthcheck: Fact[tuple[Healthcheck, ...]]  # none or one
    health: Fact[str]  # State.Health.Status; "" where there is no health check
    processes: Fact[tuple[Process, ...]]
    execs: Fact[tuple[Exec, ...]]
    # privilege
    privileged: Fact[bool]
    cap_add: Fact[tuple[str, ...]]  # upper case, without CAP_
    cap_drop: Fact[tuple[str, ...]]
    security_opt: Fact[tuple[str, ...]]
    apparmor_profile: Fact[str]
    process_label: Fact[str]
    masked_paths: Fact[tuple[str, ...] | None]  # None: the Engine said null
    readonly_paths: Fact[tuple[str, ...] | None]
    group_add: Fact[tuple[str, ...]]
    devices: Fact[tuple[Device, ...]]
    device_cgroup_rules: Fact[tuple[str, ...]]
    device_requests: Fact[tuple[str, ...]]  # one line each: driver, count or ids, capabilities
    sysctls: Fact[tuple[tuple[str, str], ...]]
    runtime: Fact[str]
    # namespaces
    network_mode: Fact[str]
    pid_mode: Fact[str]
    ipc_mode: Fact[str]
    uts_mode: Fact[str]
    userns_mode: Fact[str]
    cgroupns_mode: Fact[str]
    cgroup_parent: Fact[str]
    # files
    readonly_rootfs: Fact[bool]
    mounts: Fact[tuple[Mount, ...]]
    tmpfs: Fact[tuple[tuple[str, str], ...]]
    volumes_from: Fact[tuple[str, ...]]
    shm_size: Fact[int]
    # limits
    memory: Fact[int]
    memory_swap: Fact[int]
    memory_reservation: Fact[int]
    nano_cpus: Fact[int]
    cpu_shares: Fact[int]
    cpu_quota: Fact[int]
    cpu_period: Fact[int]
    cpuset_cpus: Fact[str]
    pids_limit: Fact[int]  # 0 where unset, -1 where unlimited
    ulimits: Fact[tuple[Ulimit, ...]]
    oom_kill_disable: Fact[bool]
    oom_score_adj: Fact[int]
    restart_policy: Fact[str]  # no, always, unless-stopped, on-failure
    restart_max: Fact[int]
    restart_count: Fact[int]
    auto_remove: Fact[bool]
    log_driver: Fact[str]
    log_options: Fact[tuple[tuple[str, str], ...]]  # redacted
    # network
    ports: Fact[tuple[Port, ...]]
    exposed_ports: Fact[tuple[str, ...]]
    publish_all: Fact[bool]
    attachments: Fact[tuple[Attachment, ...]]
    links: Fact[tuple[str, ...]]
    extra_hosts: Fact[tuple[str, ...]]
    dns: Fact[tuple[str, ...]]
    dns_search: Fact[tuple[str, ...]]
    dns_options: Fact[tuple[str, ...]]
    # where a label, the command or the health check held a secret, and what it looked like; never the secret
    told_secrets: Fact[tuple[str, ...]] = READ_SINCE
    started: Fact[str] = READ_SINCE  # the day of its last start, YYYY-MM-DD; "" where it never ran
    written: Fact[tuple[str, ...]] = WRITES_NOT_READ  # folders of its root file system that it wrote to
    changed_programs: Fact[tuple[str, ...]] = WRITES_NOT_READ  # programs and accounts that are not its image's any more


class HistoryStep(Record, frozen=True):
    """One line of an image's history, newest first. `created_by` is redacted; `secret` says what looked like one."""

    created_by: str
    size: int = 0
    secret: str = ""


class SetuidFile(Record, frozen=True):
    """A file with the setuid or setgid bit; `mode` has the permission bits, these included."""

    path: str
    mode: int
    uid: int


class CapableFile(Record, frozen=True):
    """A file that gives whoever runs it capabilities; upper case, without CAP_."""

    path: str
    capabilities: tuple[str, ...]


class SecretFile(Record, frozen=True):
    """A file with a secret in it; `secret` says of which kind, in English words. Nothing of its content is kept."""

    path: str
    secret: str


class Distribution(Record, frozen=True, tag=True):
    """What os-release calls the distribution; `version` is "" where it has none."""

    id: str
    version: str
    name: str


class ImageFiles(Record, frozen=True, tag=True):
    """What was found among an image's files, by path. `cut` names the lists that were longer and are not whole."""

    setuid: tuple[SetuidFile, ...]
    capable: tuple[CapableFile, ...]
    secrets: tuple[SecretFile, ...]
    left_overs: tuple[str, ...]
    shells: tuple[str, ...]
    package_managers: tuple[str, ...]
    without_password: Fact[tuple[str, ...]]  # accounts
    shared_uids: Fact[tuple[tuple[int, tuple[str, ...]], ...]]  # numbers that several accounts have, with their names
    shared_gids: Fact[tuple[tuple[int, tuple[str, ...]], ...]]
    distribution: Fact[Distribution | None]  # None where there is no os-release
    cut: tuple[str, ...] = ()


FILES_NOT_READ = Unknown(
    say("Deep image reading is off for this host; choose in the settings of the host how to read images.")
)


class Image(Record, frozen=True):
    """An image, from inspect and history."""

    kind = "image"

    id: str
    name: str
    key: str  # its first reference, or its digest or id where it has none
    tags: Fact[tuple[str, ...]]
    digests: Fact[tuple[str, ...]]
    created: Fact[str]
    size: Fact[int]
    architecture: Fact[str]
    os: Fact[str]
    user: Fact[str]
    env: Fact[tuple[EnvName, ...]]
    labels: Fact[tuple[tuple[str, str], ...]]  # redacted
    secret_labels: Fact[tuple[str, ...]]  # names of labels whose value looked like a secret
    entrypoint: Fact[tuple[str, ...] | None]
    command: Fact[tuple[str, ...]]
    working_dir: Fact[str]
    exposed_ports: Fact[tuple[str, ...]]
    volumes: Fact[tuple[str, ...]]
    on_build: Fact[tuple[str, ...]]
    healthcheck: Fact[tuple[Healthcheck, ...]]
    history: Fact[tuple[HistoryStep, ...]]
    files: Fact[ImageFiles] = FILES_NOT_READ
    told_secrets: Fact[tuple[str, ...]] = READ_SINCE  # as of a container; here the labels are in secret_labels


class Subnet(Record, frozen=True):
    """An address range of a network; what was not asked for or not assigned is "". `spare` are auxiliary addresses."""

    subnet: str
    gateway: str = ""
    ip_range: str = ""
    spare: tuple[tuple[str, str], ...] = ()


class Network(Record, frozen=True):
    """A network. Names need not be unique: `key` is the name, with the start of the id where another has it too."""

    kind = "network"

    id: str
    name: str
    key: str
    driver: Fact[str]
    scope: Fact[str]
    internal: Fact[bool]
    ipv6: Fact[bool]
    options: Fact[tuple[tuple[str, str], ...]]
    containers: Fact[tuple[str, ...]]  # ids
    subnets: Fact[tuple[Subnet, ...]] = READ_SINCE
    labels: Fact[tuple[tuple[str, str], ...]] = READ_SINCE  # redacted
    attachable: Fact[bool] = READ_SINCE


class Volume(Record, frozen=True):
    """A volume; option values are redacted."""

    kind = "volume"

    name: str
    key: str
    driver: Fact[str]
    options: Fact[tuple[tuple[str, str], ...]]
    mountpoint: Fact[str]


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
    platform: Fact[str] = READ_SINCE  # what the builder calls it: "Docker Engine - Community"; "" where unnamed


class HostFile(Record, frozen=True):
    """A file, folder or socket of the host that matters to Docker. `role` says what it is to Docker, `key` is its path.

    `mode` holds the permission bits, setuid, setgid and sticky included; names are the host's own for the numbers, or
    the number where it has none.
    """

    kind = "file"

    key: str
    name: str
    role: str
    type: str  # file, folder, socket, link, other
    mode: Fact[int]
    uid: Fact[int]
    gid: Fact[int]
    owner: Fact[str]
    group: Fact[str]


class AuditRule(Record, frozen=True):
    """A rule of the kernel's audit that watches a path: `-w PATH -p PERMISSIONS` or its spelling as a syscall rule.

    As the files of auditd write it. What is loaded in the kernel only auditctl tells, and only to root.
    """

    path: str
    permissions: str
    recursive: bool = False


class Listener(Record, frozen=True):
    """A TCP port of the host that somebody listens on; `address` is 0.0.0.0 or :: for all of them."""

    address: str
    port: int


class Setting(Record, frozen=True):
    """An option of the daemon by its name in daemon.json, as JSON has it; `origin` tells which of the places set it."""

    name: str
    value: Any  # redacted
    origin: str  # daemon.json, command line, unit


class DaemonConfiguration(Record, frozen=True, tag=True):
    """What daemon.json and the daemon's options set together. `text` is the redacted file; None where there is none."""

    file: str
    text: Fact[str | None]
    settings: Fact[tuple[Setting, ...]]


class HostFacts(Record, frozen=True, tag=True):
    """What was read of the host beside its Engine. `source`: local, ssh or archive.

    `unread` has the roles of which nothing can be said, not even whether such a file is there, and why.
    """

    source: str
    files: tuple[HostFile, ...]
    unread: tuple[tuple[str, Unknown], ...]
    daemon: Fact[DaemonConfiguration]
    audit_rules: Fact[tuple[AuditRule, ...]]
    docker_group: Fact[tuple[str, ...]]  # its members, and users whose own group it is
    mount_points: Fact[tuple[str, ...]]  # but for those of the kernel, of sessions and of containers
    listeners: Fact[tuple[Listener, ...]]  # of the ephemeral ports only those that the daemon is told to listen on


class Service(Record, frozen=True):
    """A service of a swarm, as its managers know it. `template` is the container that each of its tasks is made of.

    `ports` are published on every node, whatever their address; what only the image tells is Unknown in the template.
    """

    kind = "service"

    id: str
    name: str
    key: str
    template: Container
    ports: Fact[tuple[Port, ...]]


Subject = Engine | Container | Image | Network | Volume | HostFile | Service
KINDS = ("engine", "container", "image", "network", "volume", "file", "service")
HOST_NOT_READ = Unknown(
    say("The files of this host are not read; choose in the settings of the host how to read them.")
)


class Snapshot(Record, frozen=True):
    """All facts of one look at a host. A listing that could not be read is Unknown: then nothing may be called gone."""

    engine: Engine
    containers: Fact[tuple[Container, ...]]
    images: Fact[tuple[Image, ...]]
    networks: Fact[tuple[Network, ...]]
    volumes: Fact[tuple[Volume, ...]]
    host: Fact[HostFacts] = HOST_NOT_READ
    services: Fact[tuple[Service, ...]] = READ_SINCE
    swarm_secrets: Fact[int] = READ_SINCE


def listing(snapshot: Snapshot, kind: str) -> Fact[tuple[Subject, ...]]:
    """All subjects of the kind. Unknown where they could not be listed; raises KeyError for no kind of ours."""
    if kind == "engine":
        return (snapshot.engine,)
    if kind == "file":
        return snapshot.host if isinstance(snapshot.host, Unknown) else snapshot.host.files
    return cast("Fact[tuple[Subject, ...]]", getattr(snapshot, LISTINGS[kind]))


def is_complete(snapshot: Snapshot, kind: str) -> bool:
    """Whether what is missing from the listing is gone."""
    if kind == "file":
        return not isinstance(snapshot.host, Unknown) and not snapshot.host.unread
    return not isinstance(listing(snapshot, kind), Unknown)


LISTINGS = {
    "container": "containers",
    "image": "images",
    "network": "networks",
    "volume": "volumes",
    "service": "services",
}


def dump(snapshot: Snapshot) -> bytes:
    """The snapshot as canonical JSON: equal facts give equal bytes, whatever order the Engine listed them in."""
    return msgspec.json.encode(snapshot, order="deterministic")


def load(data: bytes) -> Snapshot:
    """The inverse of `dump`. Raises msgspec.ValidationError for anything else."""
    return msgspec.json.decode(data, type=Snapshot)
