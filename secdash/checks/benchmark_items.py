"""What each item of the benchmark asks, in our own short words, and how CIS tags it in each edition.

Keys are the numbers of 1.6. Numbers, levels and tags were gathered from public lists that repeat the benchmark, not
from CIS itself; `benchmark.items` says how sure each one is.
"""

from __future__ import annotations

from collections.abc import Iterable

from secdash.facts.message import Message, say

WATCHED = (
    "/usr/bin/dockerd",
    "/run/containerd",
    "/var/lib/docker",
    "/etc/docker",
    "docker.service",
    "containerd.sock",
    "docker.sock",
    "/etc/default/docker",
    "/etc/docker/daemon.json",
    "/etc/containerd/config.toml",
    "/etc/sysconfig/docker",
    "/usr/bin/containerd",
    "/usr/bin/containerd-shim",
    "/usr/bin/containerd-shim-runc-v1",
    "/usr/bin/containerd-shim-runc-v2",
    "/usr/bin/runc",
)
OWNED = {  # path: (the item on its owner, the item on its mode)
    "docker.service": (1, 2),
    "docker.socket": (3, 4),
    "/etc/docker": (5, 6),
    "/etc/docker/certs.d/**/*.crt": (7, 8),
    "tlscacert": (9, 10),
    "tlscert": (11, 12),
    "tlskey": (13, 14),
    "/var/run/docker.sock": (15, 16),
    "/etc/docker/daemon.json": (17, 18),
    "/etc/default/docker": (19, 20),
    "/etc/sysconfig/docker": (22, 21),
    "/run/containerd/containerd.sock": (23, 24),
}


def _audit() -> dict[str, Message]:
    return {f"1.1.{item}": say("Audit rules watch %(path)s", path=path) for item, path in enumerate(WATCHED, 3)}


def _files() -> dict[str, Message]:
    owners = {f"3.{owner}": say("Owner of %(path)s", path=path) for path, (owner, _) in OWNED.items()}
    modes = {f"3.{mode}": say("Mode of %(path)s", path=path) for path, (_, mode) in OWNED.items()}
    return owners | modes


LABELS: dict[str, Message] = {
    "1.1.1": say("Docker’s data has a mount of its own"),
    "1.1.2": say("Only the right people are in the group docker"),
    **_audit(),
    "1.2.1": say("The host’s system is hardened"),
    "1.2.2": say("The Engine’s version is current"),
    "2.1": say("The daemon runs without root"),
    "2.2": say("Containers on the default bridge cannot talk to each other"),
    "2.3": say("The daemon logs at level info"),
    "2.4": say("The daemon may manage the firewall"),
    "2.5": say("No registry without a verified connection"),
    "2.6": say("Storage driver is not aufs"),
    "2.7": say("TCP clients need a certificate"),
    "2.8": say("Default ulimits are set"),
    "2.9": say("User namespaces are remapped"),
    "2.10": say("The daemon’s cgroup parent is unchanged"),
    "2.11": say("Base size of devicemapper is unchanged"),
    "2.12": say("An authorisation plugin decides on requests"),
    "2.13": say("Container logs go to another machine"),
    "2.14": say("no-new-privileges is the default"),
    "2.15": say("Containers survive a restart of the daemon"),
    "2.16": say("The userland proxy is off"),
    "2.17": say("The daemon’s seccomp profile is in force"),
    "2.18": say("Experimental features are off"),
    **_files(),
    "4.1": say("Containers do not run as root"),
    "4.2": say("Base images are trusted"),
    "4.3": say("Images hold no needless packages"),
    "4.4": say("Images are scanned and rebuilt"),
    "4.5": say("Content trust is on"),
    "4.6": say("Images define a health check"),
    "4.7": say("No layer that only refreshes package lists"),
    "4.8": say("No stray setuid or setgid files in images"),
    "4.9": say("COPY rather than ADD"),
    "4.10": say("No secrets in image history"),
    "4.11": say("Only verified packages are installed"),
    "4.12": say("Signatures of artefacts are verified"),
    "5.1": say("Swarm mode is off where nothing needs it"),
    "5.2": say("An AppArmor profile is applied"),
    "5.3": say("SELinux options are set"),
    "5.4": say("No added capabilities"),
    "5.5": say("No privileged containers"),
    "5.6": say("No sensitive directory of the host is mounted"),
    "5.7": say("No SSH server inside"),
    "5.8": say("No privileged port is published"),
    "5.9": say("Only needed ports are published"),
    "5.10": say("Not in the host’s network"),
    "5.11": say("Memory is limited"),
    "5.12": say("CPU time is limited"),
    "5.13": say("Root file system is read-only"),
    "5.14": say("Ports are published on a chosen address"),
    "5.15": say("Restarts are counted and end"),
    "5.16": say("Not in the host’s process namespace"),
    "5.17": say("Not in the host’s IPC namespace"),
    "5.18": say("No devices of the host"),
    "5.19": say("Ulimits fit the container"),
    "5.20": say("No shared mount propagation"),
    "5.21": say("Not in the host’s UTS namespace"),
    "5.22": say("seccomp is not switched off"),
    "5.23": say("No privileged exec"),
    "5.24": say("No exec as root"),
    "5.25": say("The cgroup parent is the default"),
    "5.26": say("No new privileges can be gained"),
    "5.27": say("Health is checked at run time"),
    "5.28": say("The newest image of the tag is used"),
    "5.29": say("The number of processes is limited"),
    "5.30": say("The default bridge is unused"),
    "5.31": say("The host’s user namespace is not shared"),
    "5.32": say("The Docker socket is not mounted"),
    "6.1": say("No pile of unused images"),
    "6.2": say("No pile of stopped containers"),
    "7.1": say("As many managers as needed, no more"),
    "7.2": say("Swarm services listen on one address"),
    "7.3": say("Overlay networks are encrypted"),
    "7.4": say("Secrets are kept by the swarm"),
    "7.5": say("Managers lock their keys"),
    "7.6": say("The unlock key is rotated"),
    "7.7": say("Certificates of nodes are short-lived"),
    "7.8": say("Certificates of the root CA are rotated"),
    "7.9": say("Management and data take separate networks"),
}
LABEL_OF_NEW = say("Storage driver is not devicemapper")  # 2.7 of 1.8, the only item that 1.6 has not


def numbered(section: str, items: Iterable[int]) -> frozenset[str]:
    return frozenset(f"{section}.{item}" for item in items)


LEVEL_2 = (
    numbered("1.1", range(7, 19))
    | numbered("2", (9, 10, 11, 12, 13, 17))
    | numbered("3", range(17, 23))
    | {"4.5", "4.8", "4.11", "5.3", "5.23", "5.24", "5.30"}
)
# 1.6 tags these with both levels; later editions with level 1 only. Level 2 extends level 1, so they belong to either.
BOTH_LEVELS = numbered("1.1", range(3, 7)) | numbered("3", (*range(1, 13), 15, 16, 23, 24)) | {"5.1"}

AUTOMATED_IN_1_6 = numbered("1.1", (3, 4, *range(6, 15))) | numbered("3", range(1, 7)) | numbered("3", (15, 16, 23, 24))
AUTOMATED_LATER = (AUTOMATED_IN_1_6 - {"1.1.4"}) | {"1.1.15", "1.1.17", "1.1.18"}

# Every number is confirmed by two lists that were written down separately. So are these levels; others have one source
# or are carried over from the edition beside, and two were found nowhere.
LEVELS_CONFIRMED_IN_1_6 = numbered("1.1", range(1, 19)) | numbered("2", range(1, 19))
LEVELS_NOT_FOUND_IN_1_6 = frozenset({"6.1", "6.2"})
LEVELS_CONFIRMED_IN_1_8 = numbered("1.1", (5, 10, 11))
