"""What a volume is when it is looked at by itself, before any container mounts it."""

from __future__ import annotations

import shlex

from secdash.checks import paths
from secdash.checks.engine import check
from secdash.checks.outcome import HIGH, Outcome, fails_if, not_applicable, passes
from secdash.checks.remedy import CommandFix
from secdash.facts.message import say
from secdash.facts.model import Engine, Snapshot, Volume, known


def _remove(volume: Volume) -> CommandFix:
    return CommandFix(
        say("Remove the volume; the files of the host stay where they are."),
        (f"docker volume rm {shlex.quote(volume.name)}",),
    )


@check(
    Volume,
    severity=HIGH,
    risks=("sys-uid0-escape", "secret-disclosure"),
    fix=_remove,
    far=("containers",),
)
def volume_binds_host_path(volume: Volume, snapshot: Snapshot) -> Outcome:
    """Volume opens a sensitive path of the host"""
    device = paths.bound_device(dict(known(volume.options)))
    seen = {"Options.device": device}
    if not device or not _is_dangerous(device, snapshot.engine):
        return passes(seen)
    mounts = [mount for container in known(snapshot.containers) for mount in known(container.mounts)]
    if any(mount.type == "volume" and mount.name == volume.name for mount in mounts):
        return not_applicable(say("Containers mount it, and the checks of their mounts report it."))
    reason = say("Whoever mounts this volume by its harmless name gets %(path)s of the host.", path=device)
    return fails_if(True, reason, seen)


def _is_dangerous(path: str, engine: Engine) -> bool:
    """Whether one of the checks of mounts would fail a container for it; how a container will mount it is not known."""
    return (
        path == paths.ROOT
        or paths.is_sensitive(path, False, engine.root_dir)
        or bool(paths.control_sockets(path))
        or paths.shows_docker_socket(path)
        or paths.shows_runtime_socket(path)
    )
