"""A container in any state."""

from __future__ import annotations

from secdash.facts.message import say
from secdash.facts.model.base import READ_SINCE, Fact, Record, Unknown
from secdash.facts.model.parts import Attachment, Device, EnvName, Exec, Healthcheck, Mount, Port, Process, Ulimit

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
