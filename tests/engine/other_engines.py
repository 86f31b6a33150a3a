"""Engines that differ from Docker's usual one: a daemon that maps users, one that runs as a user, and podman."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.engine import parts
from tests.engine.dockerd import Dockerd, dockerd_command, running, running_dockerd

USER, GROUP, FIRST_ID = "nobody", "nogroup", 200_000
NOBODY = 65534

# An /etc of its own, with what the machine's holds, in which this user has ids to map to.
WITH_SUBORDINATE_IDS = f"""
chmod o+x "$FOLDER"; over="$FOLDER/over"; mkdir "$over"; mount -t tmpfs tmpfs "$over"; mkdir "$over/up" "$over/work"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$over/up,workdir=$over/work" /etc
echo {USER}:{FIRST_ID}:65536 | tee /etc/subuid >/etc/subgid
"""

# Podman and its runtime keep state in these, wherever its configuration says that everything goes.
WITH_PODMANS_FOLDERS = """
mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs /dev/shm
if [ -d /var/lib/containers ]; then mount -t tmpfs tmpfs /var/lib/containers; fi
"""
STORAGE = """\
[storage]
driver = "vfs"
runroot = "{folder}/run"
graphroot = "{folder}/data"
"""
CONTAINERS = """\
[network]
network_config_dir = "{folder}/networks"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
tmp_dir = "{folder}/tmp"
"""
FILES = {"CONTAINERS_STORAGE_CONF": STORAGE, "CONTAINERS_CONF": CONTAINERS}


@contextmanager
def running_remapping_dockerd() -> Iterator[Dockerd]:
    """Root in its containers is an ordinary user of the host."""
    with running_dockerd(config={"userns-remap": f"{USER}:{GROUP}"}, before=WITH_SUBORDINATE_IDS) as engine:
        yield engine


@contextmanager
def running_rootless_dockerd() -> Iterator[Dockerd]:
    """A daemon of an ordinary user, as dockerd-rootless.sh starts it; its network leads nowhere."""
    parts.require_programs("rootlesskit", "newuidmap", "setpriv")
    with running(_rootless, before=WITH_SUBORDINATE_IDS) as engine:
        yield engine


def _rootless(folder: Path) -> list[str]:
    (folder / "daemon.json").write_text("{}")
    (folder / "child").write_text(
        "rm -f /run/docker /run/containerd /run/xtables.lock\n"
        f"exec unshare --net sh -c 'ip link set lo up && exec {' '.join([*dockerd_command(folder), '--rootless'])}'\n"
    )
    (folder / "runtime").mkdir()
    for place in (folder, *folder.iterdir()):
        os.chown(place, NOBODY, NOBODY)
    as_user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--pdeathsig=KILL"]
    places = ["env", f"HOME={folder}", f"XDG_RUNTIME_DIR={folder / 'runtime'}", "_DOCKERD_ROOTLESS_CHILD=1"]
    kit = ["rootlesskit", "--net=host", "--copy-up=/etc", "--copy-up=/run", "--propagation=rslave"]
    return [*as_user, *places, *kit, f"--state-dir={folder / 'kit'}", "sh", str(folder / "child")]


@contextmanager
def running_podman() -> Iterator[Dockerd]:
    """Podman's service, which answers Docker's questions."""
    parts.require_programs("podman", "conmon")
    with running(_podman, before=WITH_PODMANS_FOLDERS) as engine:
        yield engine
    for group in sorted(Path("/sys/fs/cgroup").glob("*/libpod_parent/**/"), reverse=True):
        with suppress(OSError):  # another one may run
            group.rmdir()


def _podman(folder: Path) -> list[str]:
    for name, text in FILES.items():
        (folder / name).write_text(text.format(folder=folder))
    service = ["podman", "system", "service", "--time=0", f"unix://{folder / 'docker.sock'}"]
    return ["env", *(f"{name}={folder / name}" for name in FILES), *service]


def in_its_namespaces(engine: Dockerd, *command: str) -> str:
    """What the command prints that runs beside this podman, with its configuration."""
    inside = Path(f"/proc/{engine.process.pid}/task/{engine.process.pid}/children").read_text().split()[0]
    enter = ["nsenter", f"--target={inside}", "--net", "--mount", "--pid"]
    where = ["env", *(f"{name}={engine.folder / name}" for name in FILES)]
    return subprocess.run(
        [*enter, *where, *command], check=True, capture_output=True, text=True, timeout=60
    ).stdout.strip()
