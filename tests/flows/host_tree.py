"""The root of a host as a tree of files, as a worker in a container has it mounted: for `--host-root`."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

from secdash.facts.places import PLACES

SOCKETS = ("/run/docker.sock", "/run/containerd/containerd.sock")
FOLDERS = ("/etc/docker", "/run/containerd")
DOCKER = 998  # the number of the group
FILES = {places[0] for places in PLACES.values() if places[0] not in (*SOCKETS, *FOLDERS, "/var/lib/docker")}


def put(root: Path, path: str, text: str = "") -> None:
    """A file, folder or socket, whichever belongs to that place, with the owner and mode that packages give it."""
    place = root / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    if path in SOCKETS:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(place))
        place.chmod(0o660)
        shutil.chown(place, 0, DOCKER if path == SOCKETS[0] else 0)
    elif path in FOLDERS or (not text and path not in FILES):
        place.mkdir(exist_ok=True)
        place.chmod(0o755)
    else:
        place.write_text(text)
        place.chmod(0o644)


def processes(root: Path, data: str, *options: str) -> None:
    """The daemon, with these options, as process 77, and a data root on a file system of its own."""
    mounts = f"20 1 8:1 / / rw - ext4 /dev/a rw\n21 20 8:2 / {data} rw - ext4 /dev/b rw\n"
    for pid, name in ((1, "systemd"), (77, "dockerd")):
        put(root, f"/proc/{pid}/comm", f"{name}\n")
        put(root, f"/proc/{pid}/cmdline", "\0".join((f"/usr/bin/{name}", *options, "")))
        put(root, f"/proc/{pid}/status", f"Name:\t{name}\nUid:\t0\t0\t0\t0\n")
        put(root, f"/proc/{pid}/mountinfo", mounts)
    for table in ("tcp", "tcp6"):
        put(root, f"/proc/1/net/{table}", "  sl  local_address rem_address   st\n")
