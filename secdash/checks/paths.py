"""Where a mount of the host reaches: paths written one way, and the places that matter on a host."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from secdash.facts.model import Container, Mount, Snapshot, Unknown, known

ROOT = "/"
LINKS = (("/var/run", "/run"), ("/var/lock", "/run/lock"))

# Everything at, below or above these is sensitive.
TREES = (
    # interfaces of the kernel, and what it boots
    "/proc",
    "/sys",
    "/dev",
    "/boot",
    # configuration and identity
    "/etc",
    # programs and libraries
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    # state of the Engine and of the host's services
    "/var/lib/docker",
    "/var/lib/containerd",
    "/var/lib/containers",
    "/var/lib/kubelet",
    "/var/spool/cron",
    "/var/lib/systemd",
    "/var/backups",
    "/run/containerd",
    "/run/credentials",
    "/run/systemd",
    "/run/udev",
)
# What only looks at them is a matter of its own: they tell of the host, and give no file of it away.
KERNEL = ("/proc", "/sys")
# Sensitive as a whole, and above; one application's folder in them is its own business.
WHOLES = ("/home", "/var/home", "/Users", "/root", "/opt", "/var/log", "/run/user")
HOME = r"(?:/root|(?:/var)?/home/[^/]+|/Users/[^/]+)"
A_HOME = re.compile(HOME)
# Keys and logins, in whoever's home.
A_SECRET_OF_A_HOME = re.compile(
    HOME
    + r"/\.(?:(?:ssh|aws|azure|kube|docker|gnupg|password-store|config/(?:gcloud|gh)|local/share/keyrings)(?:/.*)?|"
    r"netrc|git-credentials|npmrc|pypirc|pgpass|my\.cnf|vault-token|bash_history)"
)

# Harmless to read; every one of them is read-only or it counts.
READABLE = (
    "/etc/localtime",
    "/etc/timezone",
    "/etc/hosts",
    "/etc/hostname",
    "/etc/os-release",
    "/etc/lsb-release",
    "/etc/resolv.conf",
    "/etc/machine-id",
    "/etc/ssl/certs",
    "/etc/ca-certificates",
    "/etc/pki/ca-trust",
    "/usr/lib/os-release",
    "/usr/share",
    "/usr/local/share",
    "/run/systemd/resolve",
    "/run/udev/data",
    "/sys/fs/cgroup",
)
HARMLESS_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
# Below /dev, but no devices.
NO_DEVICES = ("/dev/log", "/dev/shm", "/dev/mqueue", "/dev/hugepages")  # noqa: S108 - a mount is looked for, no file made

DOCKER_SOCKETS = ("/run/docker.sock",)
DOCKER_SOCKET_NAME = "docker.sock"
DOCKER_SOCKET_FOLDER = re.compile(r".*/\.docker/(?:run|desktop)")
DOCKER_PIPE = re.compile(r"docker_engine(?:_linux)?$")

RUNTIME_FOLDERS = (
    "/run/containerd",
    "/run/docker/containerd",
    "/run/docker/plugins",
    "/run/podman",
    "/run/crio",
    "/run/buildkit",
    "/var/lib/lxd",
    "/var/lib/incus",
    "/var/snap/lxd/common/lxd",
)
RUNTIME_SOCKET_NAMES = frozenset(
    {
        "containerd.sock",
        "containerd.sock.ttrpc",
        "podman.sock",
        "crio.sock",
        "buildkitd.sock",
        "dockershim.sock",
        "cri-dockerd.sock",
    }
)
# Services of the host that take orders, or that show what people type. {socket: whose}
CONTROL_SOCKETS = {
    "/run/dbus/system_bus_socket": "D-Bus",
    "/run/systemd/private": "systemd",
    "/run/systemd/notify": "systemd",
    "/run/systemd/userdb": "systemd",
    "/run/systemd/journal/socket": "journal",
    "/run/systemd/journal/stdout": "journal",
    "/run/systemd/journal/dev-log": "journal",
    "/run/udev/control": "udev",
    "/run/snapd.socket": "snapd",
    "/run/snapd-snap.socket": "snapd",
    "/run/libvirt/libvirt-sock": "libvirt",
    "/run/acpid.socket": "acpid",
    "/tmp/.X11-unix": "X11",  # noqa: S108 - a mount is looked for, no file made
    "/run/host-services/ssh-auth.sock": "ssh-agent",
}
A_PERSONS_SOCKET = {
    "ssh-agent": re.compile(
        r"/run/user/\d+/(?:keyring(?:/ssh)?|ssh-agent[^/]*|openssh_agent)|/tmp/ssh-\w{10,12}(?:/agent\.\d+)?|"
        r".*/S\.gpg-agent\.ssh|.*/\.ssh/agent(?:/.*)?"
    ),
    "D-Bus": re.compile(r"/run/user/\d+/bus"),
    "systemd": re.compile(r"/run/user/\d+/systemd(?:/.*)?"),
    "Wayland": re.compile(r"/run/user/\d+/wayland-\d+"),
}
A_PERSONS_SOCKETS = re.compile(r"/run/user/\d+")
A_USERS_PODMAN = re.compile(r"/run/user/\d+/(?:podman|containerd|containerd-rootless|buildkit)(?:/.*)?")


class HostPath(msgspec.Struct, frozen=True):
    """A path of the host that a container sees, and the mount that shows it. `path` is normalised."""

    path: str
    mount: Mount


@lru_cache(maxsize=4096)
def normalise(path: str) -> str:
    """No doubled or trailing slash, no `..`, and the links that every distribution has are followed."""
    clean = posixpath.normpath("/" + path.lstrip("/"))
    for link, target in LINKS:
        if is_within(clean, link):
            return target + clean[len(link) :]
    return clean


def is_within(path: str, folder: str) -> bool:
    """Whether the path is the folder or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def touches(path: str, place: str) -> bool:
    """Whether a mount of the path shows the place or a part of it: the same, inside, or above."""
    return is_within(path, place) or is_within(place, path)


def host_paths(container: Container, snapshot: Snapshot) -> Iterator[HostPath]:
    """What the container sees of the host: binds, and local volumes that are binds in disguise.

    Raises FactMissing after all binds where a volume's options would be needed and are unknown.
    """
    mounts = known(container.mounts)
    for mount in mounts:
        if mount.type == "bind":
            yield HostPath(normalise(mount.source), mount)
    named = [mount for mount in mounts if mount.type == "volume" and mount.name]
    if named:
        yield from _disguised(named, snapshot)


def is_sensitive(path: str, read_only: bool, engine_root: str | Unknown) -> bool:
    """Whether a host's path should not be seen by a container. The whole root, what only shows the kernel's state and
    what shows a control socket alone are left to checks of their own."""
    if path == ROOT or path in HARMLESS_DEVICES or shows_kernel(path, read_only) or control_sockets(path):
        return False
    if read_only and any(is_within(path, place) for place in READABLE):
        return False
    return _is_listed(path) or (isinstance(engine_root, str) and bool(engine_root) and _reaches(path, engine_root))


def shows_kernel(path: str, read_only: bool) -> bool:
    """Whether it is /proc or /sys, or lies in one, and cannot be written to."""
    readable = any(is_within(path, place) for place in READABLE)
    return read_only and not readable and any(is_within(path, place) for place in KERNEL)


def control_sockets(path: str) -> list[str]:
    """Whose control sockets a mount of the path shows. Folders that show all of /run, or all of /tmp, are not asked."""
    if any(is_within(wide, path) for wide in ("/run", "/tmp")):  # noqa: S108 - as above
        return []
    found = {whose for socket, whose in CONTROL_SOCKETS.items() if touches(path, socket)}
    found |= {whose for whose, pattern in A_PERSONS_SOCKET.items() if pattern.fullmatch(path)}
    return sorted(found | ({"D-Bus", "ssh-agent"} if A_PERSONS_SOCKETS.fullmatch(path) else set()))


def bound_device(options: dict[str, str]) -> str:
    """The path of the host that a volume of the local driver binds to; "" where it is a volume like any other."""
    device = options.get("device", "")
    binds = {"bind", "rbind"} & set(options.get("o", "").split(","))
    return normalise(device) if device.startswith("/") and binds else ""


def shows_docker_socket(path: str) -> bool:
    """Whether the Docker API's socket is among what a mount of the path shows."""
    if path.endswith("/" + DOCKER_SOCKET_NAME) or DOCKER_SOCKET_FOLDER.fullmatch(path):
        return True
    # /var holds the link /var/run, through which a process with the host's root in view goes on to /run.
    return path == "/var" or any(is_within(socket, path) for socket in DOCKER_SOCKETS)


def shows_runtime_socket(path: str) -> bool:
    """Whether it is, or holds, the socket of another container runtime. Folders above /run/x are not asked here."""
    if posixpath.basename(path) in RUNTIME_SOCKET_NAMES or A_USERS_PODMAN.fullmatch(path):
        return True
    return any(is_within(path, folder) for folder in RUNTIME_FOLDERS)


def _is_listed(path: str) -> bool:
    if path in WHOLES or A_HOME.fullmatch(path) or A_SECRET_OF_A_HOME.fullmatch(path):
        return True
    return any(touches(path, tree) for tree in TREES)


def _reaches(path: str, engine_root: str) -> bool:
    return touches(path, normalise(engine_root))


def _disguised(mounts: list[Mount], snapshot: Snapshot) -> Iterator[HostPath]:
    """Volumes of the local driver with `o=bind`: inspect shows the volume's folder, the kernel shows the device."""
    options = {volume.name: volume.options for volume in known(snapshot.volumes)}
    for mount in mounts:
        if device := bound_device(dict(known(options.get(mount.name, ())))):
            yield HostPath(device, mount)
