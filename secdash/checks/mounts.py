"""CIS Docker Benchmark, section 5: what a container sees of the host's files, and its own root file system."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from secdash.checks import paths
from secdash.checks.engine import check
from secdash.checks.outcome import CRITICAL, HIGH, LOW, MEDIUM, Outcome, fails_if, not_applicable, unknown
from secdash.checks.paths import HostPath
from secdash.checks.remedy import LIKELY, TRY, Certainty, Change, ComposeFix, Exclude, Include, Put
from secdash.checks.service import mount_entry, tmpfs_entry
from secdash.facts.message import Message, say
from secdash.facts.model import Container, FactMissing, Mount, Snapshot, Unknown, known

SHARED = frozenset({"shared", "rshared"})
SCRATCH = ("/tmp", "/run")  # noqa: S108 - places inside the container
IN_MEMORY = ("/tmp", "/run", "/var/tmp", "/var/run", "/var/lock", "/var/cache")  # noqa: S108
NEVER_HIDDEN = ("/etc", "/usr", "/bin", "/sbin", "/lib", "/boot", "/dev", "/proc", "/sys")
SCRATCH_OPTIONS = "rw,noexec,nosuid,nodev,size=64m"
# Docker mounts with noexec, nosuid and nodev unless one of these stands in the options (seen on 20.10).
LOOSENING = ("exec", "suid", "dev")
SIZES = ("size=", "nr_blocks=")
MOUNTS = "Mounts"
Wanted = Callable[[HostPath], bool]


def _without(summary: Message, wanted: Callable[[Mount], bool]) -> Callable[[Container], ComposeFix | None]:
    """A fix that takes the entries of such mounts out of the service's volumes."""

    def fix(container: Container) -> ComposeFix | None:
        entries = tuple(mount_entry(mount) for mount in known(container.mounts) if wanted(mount))
        return ComposeFix(summary, (Exclude("volumes", entries),)) if entries else None

    return fix


@check(
    Container,
    severity=CRITICAL,
    cis={"1.6": "5.6"},
    risks=("sys-uid0-escape", "secret-disclosure"),
    fix=_without(
        say("Remove the mount of the whole host; mount the one folder that is needed, read-only."),
        lambda mount: mount.type == "bind" and paths.normalise(mount.source) == paths.ROOT,
    ),
)
def host_root_mounted(container: Container, snapshot: Snapshot) -> Outcome:
    """Root of the host mounted"""
    found, missing = _found(container, snapshot, lambda seen: seen.path == paths.ROOT)
    reason = say("All files of the host are at %(target)s, its password hashes and keys too.", target=_targets(found))
    return _judged(found, missing, reason)


@check(
    Container,
    severity=HIGH,
    cis={"1.6": "5.6"},
    risks=("sys-uid0-escape", "sys-proc-sys", "secret-disclosure"),
    fix=_without(
        say("Remove these mounts; copy what is needed into the image, a config or a volume."),
        lambda mount: mount.type == "bind" and paths.is_sensitive(paths.normalise(mount.source), mount.read_only, ""),
    ),
)
def sensitive_host_path(container: Container, snapshot: Snapshot) -> Outcome:
    """Sensitive host path mounted"""
    root = snapshot.engine.root_dir
    found, missing = _found(container, snapshot, lambda s: paths.is_sensitive(s.path, s.mount.read_only, root))
    if not found and _found(container, snapshot, lambda seen: seen.path == paths.ROOT)[0]:
        return not_applicable(say("The whole root is mounted; a check of its own reports it."))
    reason = say("It sees %(paths)s of the host; reading is enough to learn secrets.", paths=_sources(found))
    return _judged(found, missing, reason)


@check(
    Container,
    severity=CRITICAL,
    cis={"1.6": "5.32"},
    risks=("daemon-takeover",),
    fix=_without(
        say("Remove the socket; if the application needs the API, give it a proxy that lets reading through only."),
        lambda mount: _is_pipe(mount) or _shows_docker_socket(mount),
    ),
)
def docker_socket_mounted(container: Container, snapshot: Snapshot) -> Outcome:
    """Docker socket mounted"""
    pipes = [HostPath(mount.source, mount) for mount in known(container.mounts) if _is_pipe(mount)]
    found, missing = _found(container, snapshot, lambda seen: paths.shows_docker_socket(seen.path))
    reason = say("Who holds the socket is root on the host; a read-only mount does not change that.")
    return _judged(pipes + found, missing, reason)


@check(
    Container,
    severity=CRITICAL,
    risks=("daemon-takeover",),
    fix=_without(
        say("Remove the socket; no application needs the runtime below the Engine."),
        lambda mount: mount.type == "bind" and paths.shows_runtime_socket(paths.normalise(mount.source)),
    ),
)
def runtime_socket_mounted(container: Container, snapshot: Snapshot) -> Outcome:
    """Runtime socket mounted"""
    found, missing = _found(container, snapshot, lambda seen: paths.shows_runtime_socket(seen.path))
    if not found and _found(container, snapshot, lambda seen: paths.is_within("/run/x", seen.path))[0]:
        return not_applicable(say("A folder above all sockets is mounted; the check on the Docker socket reports it."))
    reason = say("It commands the runtime below Docker, past every setting of the Engine.")
    return _judged(found, missing, reason)


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


def _bounded_tmpfs(container: Container) -> ComposeFix:
    """Docker forbids programs, setuid and devices there by itself: taking the words that allow them is enough."""
    changes = tuple(
        Include("tmpfs", tmpfs_entry(path, _strict(options)), (tmpfs_entry(path, options),))
        for path, options in known(container.tmpfs)
        if _allowances(options, known(container.memory))
    )
    return ComposeFix(say("Forbid programs there again, and set a size; 64m is a place to start."), changes)


@check(
    Container,
    severity=LOW,
    risks=("mutable-filesystem", "denial-of-service"),
    fix=_bounded_tmpfs,
)
def loose_tmpfs(container: Container, snapshot: Snapshot) -> Outcome:
    """Scratch space without limits"""
    memory = known(container.memory)
    allowed = {path: _allowances(options, memory) for path, options in known(container.tmpfs)}
    found = [f"{path}: {', '.join(words)}" for path, words in allowed.items() if words]
    if snapshot.engine.podman and not found and not all(_says_strict(options) for _, options in known(container.tmpfs)):
        return unknown(say("Podman has other defaults for these than Docker, and does not tell them."))
    reason = say("Foreign programs may be put and run there, or it may grow to half of the host's memory.")
    return fails_if(bool(found), reason, {"HostConfig.Tmpfs": found})


def _allowances(options: str, memory: int) -> list[str]:
    """What a memory file system may though Docker would not let it. A memory limit bounds its size too."""
    words = options.split(",")
    sized = memory > 0 or any(word.startswith(SIZES) for word in words)
    return [word for word in LOOSENING if word in words] + ([] if sized else ["no size"])


def _says_strict(options: str) -> bool:
    return {"noexec", "nosuid", "nodev"} <= set(options.split(","))


def _strict(options: str) -> str:
    words = [word for word in options.split(",") if word and word not in LOOSENING]
    return ",".join(words if any(word.startswith(SIZES) for word in words) else [*words, "size=64m"])


def _found(container: Container, snapshot: Snapshot, wanted: Wanted) -> tuple[list[HostPath], FactMissing | None]:
    """The host's paths of that sort, and what kept us from seeing all of them."""
    found: list[HostPath] = []
    try:
        for seen in paths.host_paths(container, snapshot):
            if wanted(seen):
                found.append(seen)  # noqa: PERF401 - what was found before a fact went missing must be kept
    except FactMissing as missing:
        return found, missing
    return found, None


def _judged(found: list[HostPath], missing: FactMissing | None, reason: Message) -> Outcome:
    """One such mount is enough to fail; without one, something unseen keeps it from passing."""
    if missing and not found:
        raise missing
    return fails_if(bool(found), reason, {MOUNTS: [_line(seen) for seen in found]})


def _line(seen: HostPath) -> str:
    """`/etc -> /host/etc (ro)`"""
    return f"{seen.path} -> {seen.mount.destination} ({'ro' if seen.mount.read_only else 'rw'})"


def _sources(found: list[HostPath]) -> str:
    return ", ".join(dict.fromkeys(seen.path for seen in found))


def _targets(found: list[HostPath]) -> str:
    return ", ".join(dict.fromkeys(seen.mount.destination for seen in found))


def _is_pipe(mount: Mount) -> bool:
    """The Docker API's named pipe, where containers run on Windows."""
    return mount.type == "npipe" and paths.DOCKER_PIPE.search(mount.source) is not None


def _shows_docker_socket(mount: Mount) -> bool:
    return mount.type == "bind" and paths.shows_docker_socket(paths.normalise(mount.source))


def _shared_mounts(container: Container) -> list[Mount]:
    return [mount for mount in known(container.mounts) if mount.propagation in SHARED]


def _private(mount: Mount) -> Mount:
    return msgspec.structs.replace(mount, propagation="rprivate")
