"""What checks of a container's mounts share: which of the host's paths it sees, how that is said, how it is undone."""

from __future__ import annotations

from collections.abc import Callable

from secdash.checks import paths
from secdash.checks.outcome import Outcome, fails_if
from secdash.checks.paths import HostPath
from secdash.checks.remedy import ComposeFix, Exclude
from secdash.checks.service import mount_entry
from secdash.facts.message import Message
from secdash.facts.model import Container, FactMissing, Mount, Snapshot, known

MOUNTS = "Mounts"
Wanted = Callable[[HostPath], bool]


def without(summary: Message, wanted: Callable[[Mount], bool]) -> Callable[[Container], ComposeFix | None]:
    """A fix that takes the entries of such mounts out of the service's volumes."""

    def fix(container: Container) -> ComposeFix | None:
        entries = tuple(mount_entry(mount) for mount in known(container.mounts) if wanted(mount))
        return ComposeFix(summary, (Exclude("volumes", entries),)) if entries else None

    return fix


def binds(wanted: Callable[[str], bool]) -> Callable[[Mount], bool]:
    """Whether a mount is a bind of such a path."""
    return lambda mount: mount.type == "bind" and wanted(paths.normalise(mount.source))


def paths_seen(container: Container, snapshot: Snapshot, wanted: Wanted) -> tuple[list[HostPath], FactMissing | None]:
    """The host's paths of that sort, and what kept us from seeing all of them."""
    found: list[HostPath] = []
    try:
        for seen in paths.host_paths(container, snapshot):
            if wanted(seen):
                found.append(seen)  # noqa: PERF401 - what was found before a fact went missing must be kept
    except FactMissing as missing:
        return found, missing
    return found, None


def judged(seen: list[HostPath], missing: FactMissing | None, reason: Message) -> Outcome:
    """One such mount is enough to fail; without one, something unseen keeps it from passing."""
    if missing and not seen:
        raise missing
    return fails_if(bool(seen), reason, {MOUNTS: [line(one) for one in seen]})


def line(seen: HostPath) -> str:
    """`/etc -> /host/etc (ro)`"""
    return f"{seen.path} -> {seen.mount.destination} ({'ro' if seen.mount.read_only else 'rw'})"


def sources(seen: list[HostPath]) -> str:
    return ", ".join(dict.fromkeys(one.path for one in seen))


def targets(seen: list[HostPath]) -> str:
    return ", ".join(dict.fromkeys(one.mount.destination for one in seen))
