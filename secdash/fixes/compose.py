"""A container as a Compose service: rebuilt from its facts, in a fixed and readable order of keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from secdash.checks.service import PUBLISH_ALL, SECCOMP_FILE
from secdash.facts.message import Message, say
from secdash.facts.model import Container, Engine, Image, Unknown
from secdash.facts.redact import MASK
from secdash.fixes.document import to_yaml
from secdash.fixes.rebuilt import files, limits, namespaces, network, privilege, process
from secdash.fixes.rebuilt.about import About, seen

__all__ = ["ORDER", "Service", "in_order", "missing", "service", "to_yaml"]

Service = dict[str, Any]

ORDER = (
    *("image", "container_name", "entrypoint", "command", "user", "working_dir", "environment", "env_file"),
    *("secrets", "configs", "hostname", "domainname", "tty", "stdin_open", "init", "stop_signal", "stop_grace_period"),
    *("restart", process.AUTO_REMOVE, "healthcheck"),
    *("privileged", "cap_add", "cap_drop", "security_opt", "group_add", "devices", "device_cgroup_rules"),
    *("sysctls", "runtime"),
    *("pid", "ipc", "uts", "userns_mode", "cgroup", "cgroup_parent"),
    *("read_only", "volumes", "tmpfs", "volumes_from", "shm_size"),
    *("mem_limit", "memswap_limit", "mem_reservation", "cpus", "cpu_shares", "cpu_quota", "cpu_period", "cpuset"),
    *("pids_limit", "ulimits", "oom_kill_disable", "oom_score_adj", "deploy", "logging"),
    *("network_mode", "networks", "ports", PUBLISH_ALL, "expose", "external_links", "extra_hosts"),
    *("dns", "dns_search", "dns_opt", "labels"),
)
POSITION = {key: position for position, key in enumerate(ORDER)}
GROUPS = (process, privilege, namespaces, files, limits, network)

# Facts that no key is made of.
SILENT = frozenset(
    {"image_id", "state", "created", "health", "processes", "execs", "apparmor_profile", "process_label"}
    | {"restart_count", "readonly_paths", "written", "changed_programs", "started"}
)


def service(container: Container, image: Image | None = None, engine: Engine | None = None) -> Service:
    """The service that would create this container. Leaves out defaults, and what the image says where it is known."""
    found: Service = {"image": seen(container.image, "") or seen(container.image_id, "") or "IMAGE"}
    about = About(container, image, engine)
    for group in GROUPS:
        found |= group.keys(about)
    return in_order(found)


def in_order(service: Mapping[str, Any]) -> Service:
    """The same service with its keys in the fixed order; unknown keys come last, as they came."""
    return {key: service[key] for key in sorted(service, key=lambda key: POSITION.get(key, len(ORDER)))}


def missing(container: Container, image: Image | None = None, engine: Engine | None = None) -> tuple[Message, ...]:
    """What the rebuilt service cannot say: facts that are unknown, and values that secdash does not keep."""
    unread = [
        say("%(fact)s is not known and left out: %(why)s", fact=name.replace("_", " "), why=fact.why)
        for name, fact in ((name, getattr(container, name)) for name in container.__struct_fields__)
        if isinstance(fact, Unknown) and name not in SILENT
    ]
    return (*unread, *_not_kept(About(container, image, engine)))


def _not_kept(about: About) -> tuple[Message, ...]:
    container, notes = about.container, []
    if any(not entry.empty for entry in process.own_env(about)):
        notes.append(say("Environment values are not kept: those named here come from your shell or .env file."))
    if _has_masked_words(container):
        notes.append(say("Where you see %(mask)s, secdash masked what looked like a secret; put it back.", mask=MASK))
    if privilege.has_inline_seccomp(container):
        notes.append(say("Its own seccomp profile must be kept in %(file)s.", file=SECCOMP_FILE))
    if files.has_tmpfs_mount(container):
        notes.append(say("Size and mode of a tmpfs mount are not known; add them where they were set."))
    return tuple(notes)


def _has_masked_words(container: Container) -> bool:
    values = (
        *(seen(container.entrypoint, None) or ()),
        *seen(container.command, ()),
        *(word for check in seen(container.healthcheck, ()) for word in check.test),
        *(value for _, value in seen(container.labels, ())),
        *(value for _, value in seen(container.log_options, ())),
    )
    return any(MASK in value for value in values)
