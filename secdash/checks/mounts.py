"""CIS Docker Benchmark, section 5: what a container sees of the host's files, and its own root file system."""

from __future__ import annotations

import msgspec

from secdash.checks import paths
from secdash.checks.engine import check
from secdash.checks.host_mounts import binds, judged, paths_seen, sources, targets, without
from secdash.checks.outcome import CRITICAL, HIGH, MEDIUM, Outcome, fails_if, not_applicable
from secdash.checks.paths import HostPath
from secdash.checks.remedy import LIKELY, TRY, Certainty, Change, ComposeFix, Include, Put
from secdash.checks.service import mount_entry, tmpfs_entry
from secdash.facts.message import Message, say
from secdash.facts.model import Container, Mount, Snapshot, Unknown, known

SHARED = frozenset({"shared", "rshared"})
SCRATCH = ("/tmp", "/run")  # noqa: S108 - places inside the container
IN_MEMORY = ("/tmp", "/run", "/var/tmp", "/var/run", "/var/lock", "/var/cache")  # noqa: S108 - paths in a container
NEVER_HIDDEN = ("/etc", "/usr", "/bin", "/sbin", "/lib", "/boot", "/dev", "/proc", "/sys")
SCRATCH_OPTIONS = "rw,noexec,nosuid,nodev,size=64m"


@check(
    Container,
    severity=CRITICAL,
    cis={"1.6": "5.6"},
    risks=("sys-uid0-escape", "secret-disclosure"),
    fix=without(
        say("Remove the mount of the whole host; mount the one folder that is needed, read-only."),
        binds(lambda path: path == paths.ROOT),
    ),
)
def host_root_mounted(container: Container, snapshot: Snapshot) -> Outcome:
    """Root of the host mounted"""
    found, missing = paths_seen(container, snapshot, lambda seen: seen.path == paths.ROOT)
    reason = say("All files of the host are at %(target)s, its password hashes and keys too.", target=targets(found))
    return judged(found, missing, reason)


@check(
    Container,
    severity=HIGH,
    cis={"1.6": "5.6"},
    risks=("sys-uid0-escape", "sys-proc-sys", "secret-disclosure"),
    fix=without(
        say("Remove these mounts; copy what is needed into the image, a config or a volume."),
        lambda mount: mount.type == "bind" and paths.is_sensitive(paths.normalise(mount.source), mount.read_only, ""),
    ),
)
def sensitive_host_path(container: Container, snapshot: Snapshot) -> Outcome:
    """Sensitive host path mounted"""
    root = snapshot.engine.root_dir
    found, missing = paths_seen(container, snapshot, lambda s: paths.is_sensitive(s.path, s.mount.read_only, root))
    if not found and paths_seen(container, snapshot, lambda seen: seen.path == paths.ROOT)[0]:
        return not_applicable(say("The whole root is mounted; a check of its own reports it."))
    reason = say("It sees %(paths)s of the host; reading is enough to learn secrets.", paths=sources(found))
    return judged(found, missing, reason)


@check(
    Container,
    severity=MEDIUM,
    cis={"1.6": "5.6"},
    risks=("sys-proc-sys", "secret-disclosure"),
    fix=without(
        say("Remove these mounts; an agent that measures the host is better off as a service of the host."),
        lambda mount: mount.type == "bind" and paths.shows_kernel(paths.normalise(mount.source), mount.read_only),
    ),
)
def host_kernel_files_readable(container: Container, snapshot: Snapshot) -> Outcome:
    """Host's /proc or /sys readable"""
    found, missing = paths_seen(container, snapshot, lambda s: paths.shows_kernel(s.path, s.mount.read_only))
    reason = say("It sees %(paths)s of the host: processes, arguments, addresses and devices.", paths=sources(found))
    return judged(found, missing, reason)


@check(
    Container,
    severity=CRITICAL,
    cis={"1.6": "5.32"},
    risks=("daemon-takeover",),
    fix=without(
        say("Remove the socket; if the application needs the API, give it a proxy that lets reading through only."),
        lambda mount: _is_pipe(mount) or binds(paths.shows_docker_socket)(mount),
    ),
)
def docker_socket_mounted(container: Container, snapshot: Snapshot) -> Outcome:
    """Docker socket mounted"""
    pipes = [HostPath(mount.source, mount) for mount in known(container.mounts) if _is_pipe(mount)]
    found, missing = paths_seen(container, snapshot, lambda seen: paths.shows_docker_socket(seen.path))
    reason = say("Who holds the socket is root on the host; a read-only mount does not change that.")
    return judged(pipes + found, missing, reason)


@check(
    Container,
    severity=CRITICAL,
    risks=("daemon-takeover",),
    fix=without(
        say("Remove the socket; no application needs the runtime below the Engine."),
        binds(paths.shows_runtime_socket),
    ),
)
def runtime_socket_mounted(container: Container, snapshot: Snapshot) -> Outcome:
    """Runtime socket mounted"""
    found, missing = paths_seen(container, snapshot, lambda seen: paths.shows_runtime_socket(seen.path))
    if not found and paths_seen(container, snapshot, lambda seen: paths.is_within("/run/x", seen.path))[0]:
        return not_applicable(say("A folder above all sockets is mounted; the check on the Docker socket reports it."))
    reason = say("It commands the runtime below Docker, past every setting of the Engine.")
    return judged(found, missing, reason)


def _private_propagation(container: Container) -> ComposeFix:
    changes = tuple(Include("volumes", mount_entry(_private(m)), (mount_entry(m),)) for m in _shared_mounts(container))
    return ComposeFix(say("Keep mounts made in the container out of the host."), changes)


@check(
    Container,
    severity=MEDIUM,
    cis={"1.6": "5.20"},
    risks=("sys-root-calls",),
    fix=_private_propagation,
)
def shared_mount_propagation(container: Container) -> Outcome:
    """Shared mount propagation"""
    found = [mount_entry(mount) for mount in _shared_mounts(container)]
    reason = say("What it mounts there appears on the host and in other containers.")
    return fails_if(bool(found), reason, {"Mounts[].Propagation": found})


def _read_only_root(container: Container) -> ComposeFix:
    """Scratch space in memory, and a volume for each other place that the container was seen to write to."""
    taken = [mount.destination for mount in known(container.mounts)] + [path for path, _ in known(container.tmpfs)]
    wanted, impossible = _writable_places(container, taken)
    scratch = [path for path in dict.fromkeys((*SCRATCH, *wanted)) if path.startswith(IN_MEMORY) and path not in taken]
    volumes = [path for path in wanted if path not in scratch]
    changes: tuple[Change, ...] = (
        Put("read_only", True),
        *(Include("tmpfs", tmpfs_entry(path, SCRATCH_OPTIONS)) for path in scratch),
        *(Include("volumes", path) for path in volumes),
    )
    summary = say("Make its files read-only but for scratch space in memory; add a volume for what it must keep.")
    return ComposeFix(summary, changes, *_how_sure(container, wanted, impossible))


def _writable_places(container: Container, taken: list[str]) -> tuple[list[str], list[str]]:
    """Where it wrote outside of its mounts: places that can be given back, and those that would hide its programs."""
    if isinstance(container.written, Unknown):
        return [], []
    outside = [path for path in container.written if not any(paths.is_within(path, place) for place in taken)]
    impossible = [path for path in outside if path == paths.ROOT or path.startswith(NEVER_HIDDEN)]
    return [path for path in outside if path not in impossible], impossible


def _how_sure(container: Container, wanted: list[str], impossible: list[str]) -> tuple[Certainty, Message]:
    if isinstance(container.written, Unknown):
        return TRY, say("Where it writes was not seen: what it writes outside of /tmp and /run fails.")
    if impossible:
        seen = ", ".join(impossible)
        return TRY, say("It also wrote to %(folders)s, which stays read-only: see whether it must.", folders=seen)
    if not wanted:
        return LIKELY, say(
            "Since it was created it wrote nothing; what it writes later, outside of /tmp and /run, fails."
        )
    seen = ", ".join(wanted)
    return LIKELY, say("Since it was created it wrote to %(folders)s and nowhere else; new places fail.", folders=seen)


@check(
    Container,
    severity=MEDIUM,
    cis={"1.6": "5.13"},
    risks=("mutable-filesystem",),
    fix=_read_only_root,
)
def writable_root_filesystem(container: Container) -> Outcome:
    """Writable root file system"""
    read_only = known(container.readonly_rootfs)
    reason = say("Who breaks in can change its programs and leave others behind.")
    return fails_if(not read_only, reason, {"HostConfig.ReadonlyRootfs": read_only})


def _is_pipe(mount: Mount) -> bool:
    """The Docker API's named pipe, where containers run on Windows."""
    return mount.type == "npipe" and paths.DOCKER_PIPE.search(mount.source) is not None


def _shared_mounts(container: Container) -> list[Mount]:
    return [mount for mount in known(container.mounts) if mount.propagation in SHARED]


def _private(mount: Mount) -> Mount:
    return msgspec.structs.replace(mount, propagation="rprivate")
