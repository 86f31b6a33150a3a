"""CIS Docker Benchmark, sections 4 and 5: the user, capabilities and devices of a container."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from secdash.checks.capabilities import DANGEROUS, DEFAULTS, RARELY_NEEDED
from secdash.checks.engine import check
from secdash.checks.isolation import fails_where_found, is_root, is_stopped, separates_users, unless_privileged
from secdash.checks.outcome import CRITICAL, HIGH, MEDIUM, Outcome, fails_if, passes, unknown
from secdash.checks.paths import HARMLESS_DEVICES, NO_DEVICES, is_within, normalise
from secdash.checks.remedy import LIKELY, TRY, ComposeFix, Drop, Exclude, FixFor, Include, Put, compose
from secdash.checks.service import device_entry, mount_entry
from secdash.facts.message import Message, say
from secdash.facts.model import Container, Mount, Snapshot, Unknown, known

# By these names a host's own files are guarded: the Engine's socket, disks, memory, logs, virtual machines.
POWERFUL_GROUPS = frozenset(
    {"adm", "disk", "docker", "incus-admin", "kmem", "kvm", "libvirt", "lxd", "root", "shadow", "sudo", "wheel"}
)


@check(
    Container,
    severity=CRITICAL,
    cis={"1.6": "5.5"},
    risks=("sys-root-calls", "sys-dev", "sys-uid0-escape", "low-full-privileges"),
    fix=compose(
        say("Run it without privileges; give it back the one capability or device that it then misses."),
        Drop("privileged"),
        certainty=TRY,
        breaks=say("Mounting, changing the network or reaching a device fails until it is allowed by itself."),
    ),
)
def privileged_container(container: Container) -> Outcome:
    """Runs privileged"""
    privileged = known(container.privileged)
    reason = say("It holds every capability and sees every device: who breaks into it owns the host.")
    return fails_if(privileged, reason, {"HostConfig.Privileged": privileged})


def _as_ordinary_user(container: Container) -> ComposeFix:
    """As the user that its own workers run as, where `top` shows one by its number; names there are the host's."""
    summary = say("Run it as an ordinary user; the image must allow it, and mounted files must belong to that user.")
    listed = () if isinstance(container.processes, Unknown) else container.processes
    workers = sorted({int(each.user) for each in listed if each.user.isdecimal()} - {0})
    if workers:
        seen = say(
            "Its own processes run as user %(user)s already; only what root did at its start is lost.", user=workers[0]
        )
        return ComposeFix(summary, (Put("user", f"{workers[0]}:{workers[0]}"),), LIKELY, seen)
    unseen = say("1000 stands for the user that the image makes; files that belong to root cannot be written any more.")
    return ComposeFix(summary, (Put("user", "1000:1000"),), TRY, unseen)


@check(
    Container,
    severity=MEDIUM,
    cis={"1.6": "4.1"},
    risks=("app-arbitrary-code", "sys-uid0-escape"),
    fix=_as_ordinary_user,
)
def runs_as_root(container: Container, snapshot: Snapshot) -> Outcome:
    """Runs as root"""
    user, rooted = known(container.user), _root_processes(container)
    seen = {"Config.User": user, "top, processes of root": rooted}
    if not is_root(user) and not rooted:
        return passes(seen)
    separate = separates_users(container, snapshot.engine)
    seen["info.SecurityOptions"] = list(known(snapshot.engine.security_options))
    reason = say("Its user is the root of the host, held back only by what Docker takes away.")
    return fails_if(not separate, reason, seen)


NEEDS_THE_CAPABILITY = say("What it was added for fails, with “operation not permitted” in the log.")


def _drop_added(unwanted: frozenset[str] | None, summary: Message) -> FixFor:
    """A fix that takes out the added capabilities, all but the defaults or only the `unwanted`."""

    def fix(container: Container) -> ComposeFix:
        found = tuple(c for c in known(container.cap_add) if (c in unwanted if unwanted else c not in DEFAULTS))
        return ComposeFix(summary, (Exclude("cap_add", found),), TRY, NEEDS_THE_CAPABILITY)

    return fix


@check(
    Container,
    severity=MEDIUM,
    cis={"1.6": "5.4"},
    risks=("sys-root-calls",),
    fix=_drop_added(None, say("Take the added capabilities away; add one again only if something fails without it.")),
)
def capabilities_added(container: Container) -> Outcome:
    """Capabilities added"""
    added = [name for name in known(container.cap_add) if name not in DEFAULTS]
    reason = say("It may do more than Docker grants a container: %(names)s.", names=", ".join(added))
    return unless_privileged(container, fails_if(bool(added), reason, {"HostConfig.CapAdd": added}))


@check(
    Container,
    severity=HIGH,
    risks=("sys-root-calls", "sys-uid0-escape"),
    fix=_drop_added(frozenset(DANGEROUS), say("Take away the capabilities that reach beyond the container.")),
)
def dangerous_capability(container: Container) -> Outcome:
    """Dangerous capability added"""
    added = [name for name in known(container.cap_add) if name in DANGEROUS]
    worst = min(added, key=list(DANGEROUS).index, default="ALL")
    return unless_privileged(container, fails_if(bool(added), DANGEROUS[worst], {"HostConfig.CapAdd": added}))


def _drop_rarely_needed(container: Container) -> ComposeFix:
    summary = say("Drop what hardly any program needs; dropping ALL and adding few is better still.")
    return ComposeFix(summary, tuple(Include("cap_drop", name) for name in _kept(container)))


@check(
    Container,
    severity=MEDIUM,
    risks=("sys-root-calls", "app-container-leak"),
    fix=_drop_rarely_needed,
)
def default_capabilities_kept(container: Container, snapshot: Snapshot) -> Outcome:
    """Keeps capabilities it hardly needs"""
    kept, dropped = _kept(container), list(known(container.cap_drop))
    if kept and snapshot.engine.podman:
        return unknown(say("Podman tells what it dropped of its own defaults, and not which those are."))
    reason = say(
        "Docker leaves it %(names)s: root in it forges packets, makes device nodes or false records.",
        names=", ".join(kept),
    )
    seen = {"HostConfig.CapDrop": dropped, "not dropped": kept}
    return unless_privileged(container, fails_if(bool(kept), reason, seen))


def _kept(container: Container) -> list[str]:
    """Added by name, one of them is somebody's choice, and none of ours to take away."""
    if "ALL" in known(container.cap_drop):
        return []
    chosen = {*known(container.cap_drop), *known(container.cap_add)}
    return [name for name in RARELY_NEEDED if name not in chosen]


def _without_groups(container: Container) -> ComposeFix:
    summary = say("Take these groups away; give the files it needs to a group that has nothing else.")
    return ComposeFix(summary, (Exclude("group_add", tuple(_powerful_groups(container))),))


@check(
    Container,
    severity=MEDIUM,
    risks=("sys-uid0-escape", "daemon-takeover"),
    fix=_without_groups,
)
def powerful_group_added(container: Container, snapshot: Snapshot) -> Outcome:
    """Member of a powerful group"""
    groups, found = list(known(container.group_add)), _powerful_groups(container)
    reason = say(
        "What the host lets these groups do, it may do too where their files are mounted: %(groups)s.",
        groups=", ".join(found),
    )
    if found:
        return fails_if(not separates_users(container, snapshot.engine), reason, {"HostConfig.GroupAdd": found})
    if any(group.isdecimal() for group in groups):
        return unknown(
            say("What a group's number stands for on the host is not told."), {"HostConfig.GroupAdd": groups}
        )
    return passes({"HostConfig.GroupAdd": groups})


def _powerful_groups(container: Container) -> list[str]:
    return [group for group in known(container.group_add) if group in POWERFUL_GROUPS or _is_zero(group)]


def _is_zero(group: str) -> bool:
    return group != "" and not group.strip("0")


def _without_devices(container: Container) -> ComposeFix | None:
    """None for GPUs and other device requests: how they were asked for is not shown."""
    changes: list[Drop | Exclude] = []
    if devices := known(container.devices):
        changes.append(Exclude("devices", tuple(device_entry(device) for device in devices)))
    if not isinstance(container.device_cgroup_rules, Unknown) and container.device_cgroup_rules:
        changes.append(Drop("device_cgroup_rules"))
    if mounts := _device_mounts(container):
        changes.append(Exclude("volumes", tuple(mount_entry(mount) for mount in mounts)))
    summary = say("Take the devices away; give back read access to the one that is needed.")
    return ComposeFix(summary, tuple(changes), TRY, say("What used the device does not find it.")) if changes else None


@check(
    Container,
    severity=HIGH,
    cis={"1.6": "5.18"},
    risks=("sys-dev",),
    fix=_without_devices,
)
def host_devices(container: Container) -> Outcome:
    """Host devices exposed"""
    places: dict[str, Callable[[], Sequence[str]]] = {
        "HostConfig.Devices": lambda: [device_entry(device) for device in known(container.devices)],
        "HostConfig.DeviceCgroupRules": lambda: known(container.device_cgroup_rules),
        "HostConfig.DeviceRequests": lambda: known(container.device_requests),
        "Mounts": lambda: [mount_entry(mount) for mount in _device_mounts(container)],
    }
    return fails_where_found(
        container, places, lambda found: say("It reaches hardware of the host: %(devices)s.", devices=found)
    )


def _root_processes(container: Container) -> list[str]:
    """Commands that `top` shows as root's; none where nothing runs or `top` cannot be had: the user decides then.

    Nor while somebody's exec session is root: what it started is not the container's, and `root-exec` reports it.
    """
    if isinstance(container.processes, Unknown) or is_stopped(container) or _root_works_in(container):
        return []
    return sorted({process.command for process in container.processes if is_root(process.user or "?")})


def _root_works_in(container: Container) -> bool:
    sessions = () if isinstance(container.execs, Unknown) else container.execs
    return any(is_root(session.user or "?") for session in sessions)


def _device_mounts(container: Container) -> list[Mount]:
    """Binds of /dev or of a device in it."""
    binds = ((mount, normalise(mount.source)) for mount in known(container.mounts) if mount.type == "bind")
    harmless = HARMLESS_DEVICES + NO_DEVICES
    return [m for m, path in binds if is_within(path, "/dev") and not any(is_within(path, place) for place in harmless)]
