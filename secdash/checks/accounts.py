"""CIS Docker Benchmark, section 1.1: who may open the socket, and where the Engine's data lie."""

from __future__ import annotations

from secdash.checks.daemon_settings import socket_group
from secdash.checks.engine import check
from secdash.checks.isolation import security_names
from secdash.checks.outcome import LOW, MEDIUM, Outcome, fails_if, not_applicable
from secdash.checks.paths import is_within, normalise
from secdash.checks.remedy import MembersFix
from secdash.facts.message import say
from secdash.facts.model import Engine, Snapshot, known

CONTAINERD_STORE = "overlayfs"  # the driver's name where containerd keeps the images
CONTAINERD_ROOT = "/var/lib/containerd"
OWN_CONTAINERD = "/docker/containerd/containerd.sock"  # below /run or /run/user: its data lie in the data root
# What is mounted here carries more of the system than Docker's data. Compared with, nothing is written there (S108).
OF_THE_SYSTEM = frozenset({"/", "/var", "/var/lib", "/usr", "/opt", "/srv", "/home", "/root", "/run", "/tmp"})  # noqa: S108


@check(
    Engine,
    severity=MEDIUM,
    cis={"1.6": "1.1.2"},
    risks=("daemon-takeover",),
    fix=lambda _engine: MembersFix(say("Take them out of the group; with sudo what they do leaves a trace.")),
)
def docker_group_members(engine: Engine, snapshot: Snapshot) -> Outcome:
    """Accounts in the docker group"""
    members = [name for name in known(known(snapshot.host).docker_group) if name != "root"]
    if members and "rootless" in security_names(engine):
        return not_applicable(say("A rootless Engine's socket belongs to its user, not to a group."))
    reason = say("They are root on this host without a password: %(members)s.", members=", ".join(members))
    return fails_if(bool(members), reason, {f"group {socket_group(snapshot)}": members})


@check(Engine, severity=LOW, cis={"1.6": "1.1.1"}, risks=("denial-of-service",))
def data_root_not_separate(engine: Engine, snapshot: Snapshot) -> Outcome:
    """Data root on the system's partition"""
    mounts = {normalise(path) for path in known(known(snapshot.host).mount_points)}
    shared = [folder for folder in _data_folders(engine, snapshot) if _mount_of(folder, mounts) in OF_THE_SYSTEM]
    reason = say(
        "What containers write in %(folders)s can fill the partition of the system.", folders=", ".join(shared)
    )
    return fails_if(bool(shared), reason, {"info.DockerRootDir": known(engine.root_dir), "not mounted": shared})


def _data_folders(engine: Engine, snapshot: Snapshot) -> list[str]:
    """The data root, which a user mapping puts one folder deeper, and containerd's where it keeps the images."""
    root = normalise(known(engine.root_dir))
    if engine.podman or known(engine.storage_driver) != CONTAINERD_STORE:
        return [root]
    files = known(snapshot.host).files
    return [root] if any(file.key.endswith(OWN_CONTAINERD) for file in files) else [root, CONTAINERD_ROOT]


def _mount_of(path: str, mounts: set[str]) -> str:
    """The mount point on which a path lies: the longest that holds it."""
    return max((point for point in mounts if is_within(path, point)), key=len, default="/")
