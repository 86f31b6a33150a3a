"""The files of a simulated host: what Docker's own package lays down, kept by careful people or by nobody.

They are read and parsed as those of a real host are; only the machine below them is made up.
"""

from __future__ import annotations

import json

from secdash.facts.files.seen import Entry, Folder, Glimpse, Process, Seen, Wanted
from secdash.facts.files.wanted import rounds
from secdash.scans.sample.plan import HostPlan

LOCAL = "local"
DOCKER = 999  # the group
UNIT = "/usr/lib/systemd/system/docker.service"
START = ("/usr/bin/dockerd", "-H", "fd://", "--containerd=/run/containerd/containerd.sock")
FOLDERS = (
    *("/etc/docker", "/run/containerd", "/var/lib/docker", "/var/lib/containerd"),
    *("/etc/audit/rules.d", "/usr/lib/systemd/system"),
)
PROGRAMS = ("dockerd", "containerd", "containerd-shim-runc-v2", "runc")
WATCHED = (
    *(f"/usr/bin/{name}" for name in PROGRAMS),
    *("/run/containerd", "/var/lib/docker", "/etc/docker", "/usr/lib/systemd/system", "/run/docker.sock"),
)
MOUNTS = "21 1 254:1 / / rw - ext4 /dev/vda1 rw\n"
OWN_MOUNT = "22 21 254:2 / /var/lib/docker rw,nodev - xfs /dev/vdb1 rw\n"
NOBODY_LISTENS = "  sl  local_address rem_address   st\n"
ACCOUNTS = "root:x:0:0:root:/root:/bin/bash\ndeploy:x:1000:1000::/home/deploy:/bin/bash\n"


class PretendFiles:
    """A reader, as `facts.files` knows it, of files that exist nowhere else."""

    def __init__(self, entries: dict[str, Entry], texts: dict[str, str]) -> None:
        self.entries = entries
        self.texts = texts

    def look(self, wanted: Wanted) -> Glimpse:
        listed = {folder: self._names(folder) for folder in wanted.folders}
        below = {f"{folder.path}/{name}": folder.read for folder, names in listed.items() for name in names}
        read = {*wanted.texts, *(path for path, is_read in below.items() if is_read)}
        return Glimpse(
            entries={path: self.entries.get(path) for path in {*wanted.entries, *wanted.texts, *below}},
            texts={path: self.texts[path] for path in read if path in self.texts},
            folders={folder: names or None for folder, names in listed.items()},
        )

    def _names(self, folder: Folder) -> tuple[str, ...]:
        inside = (path.removeprefix(f"{folder.path}/") for path in self.entries if path.startswith(f"{folder.path}/"))
        return tuple(sorted(name for name in inside if "/" not in name and name.endswith(folder.suffix)))


def files_of(host: HostPlan) -> Seen:
    """What a look at the host's own files brings."""
    texts = _texts(host)
    entries = {path: Entry("file", 0o644, 0, 0) for path in texts}
    entries |= {path: Entry("folder", 0o755, 0, 0) for path in FOLDERS}
    entries |= {f"/usr/bin/{name}": Entry("file", 0o755, 0, 0) for name in PROGRAMS}
    entries |= {
        "/run/docker.sock": Entry("socket", 0o660, 0, DOCKER),
        "/run/containerd/containerd.sock": Entry("socket", 0o660, 0, 0),
        "/etc/docker/daemon.json": Entry("file", 0o644 if host.hardened else 0o664, 0, 0),
    }
    return rounds(PretendFiles(entries, texts), Seen(LOCAL, Process(START), "/run/docker.sock", "/var/lib/docker"))


def _texts(host: HostPlan) -> dict[str, str]:
    members = "" if host.hardened else "deploy"
    texts = {
        "/etc/docker/daemon.json": f"{json.dumps(_settings(host), indent=2)}\n",
        UNIT: f"[Service]\nExecStart={' '.join(START)}\n",
        "/etc/passwd": ACCOUNTS,
        "/etc/group": f"root:x:0:\ndocker:x:{DOCKER}:{members}\n",
        "/proc/1/mountinfo": MOUNTS + (OWN_MOUNT if host.hardened else ""),
        "/proc/1/net/tcp": NOBODY_LISTENS,
        "/proc/1/net/tcp6": NOBODY_LISTENS,
        "/etc/audit/audit.rules": "-D\n",
    }
    rules = {"/etc/audit/rules.d/docker.rules": "".join(f"-w {path} -p wa -k docker\n" for path in WATCHED)}
    return texts | (rules if host.hardened else {})


def _settings(host: HostPlan) -> dict[str, object]:
    """What /info of the same host shows, in the words of daemon.json."""
    hardened = {
        "no-new-privileges": True,
        "userland-proxy": False,
        "log-driver": "syslog",
        "default-ulimits": {"nofile": {"Name": "nofile", "Soft": 1024, "Hard": 4096}},
    }
    mapped = {"userns-remap": "default"} if host.userns or host.hardened else {}
    return {"icc": host.icc, "live-restore": host.live_restore} | mapped | (hardened if host.hardened else {})
