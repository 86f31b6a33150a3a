"""The files of a host that matter to Docker, by the role that each has. Where a daemon names another path, that counts.

Paths are those of the CIS benchmark's sections 1.1 and 3 and of the packages of Docker, Debian and Fedora; the first
that exists is the one.
"""

from __future__ import annotations

DAEMON_JSON = "daemon.json"
TLS_CA, TLS_CERTIFICATE, TLS_KEY = "tls-ca", "tls-certificate", "tls-key"
REGISTRY_CERTIFICATE = "registry-certificate"  # every *.crt below certs.d
DATA_ROOT = "data-root"
DOCKER_SOCKET = "docker.sock"
CONTAINERD_SOCKET = "containerd.sock"

UNIT_FOLDERS = ("/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
REGISTRY_CERTIFICATES = "/etc/docker/certs.d"

# {role: where it usually is}
PLACES: dict[str, tuple[str, ...]] = {
    "docker.service": tuple(f"{folder}/docker.service" for folder in UNIT_FOLDERS),
    "docker.socket": tuple(f"{folder}/docker.socket" for folder in UNIT_FOLDERS),
    "etc-docker": ("/etc/docker",),
    DAEMON_JSON: ("/etc/docker/daemon.json",),
    "default-docker": ("/etc/default/docker",),
    "sysconfig-docker": ("/etc/sysconfig/docker",),
    DOCKER_SOCKET: ("/run/docker.sock", "/var/run/docker.sock"),
    CONTAINERD_SOCKET: ("/run/containerd/containerd.sock", "/run/docker/containerd/containerd.sock"),
    DATA_ROOT: ("/var/lib/docker",),
    "run-containerd": ("/run/containerd",),
    "containerd-config": ("/etc/containerd/config.toml",),
    "dockerd": ("/usr/bin/dockerd", "/usr/sbin/dockerd", "/usr/local/bin/dockerd"),
    "containerd": ("/usr/bin/containerd", "/usr/local/bin/containerd"),
    "containerd-shim": ("/usr/bin/containerd-shim", "/usr/local/bin/containerd-shim"),
    "containerd-shim-runc-v1": ("/usr/bin/containerd-shim-runc-v1", "/usr/local/bin/containerd-shim-runc-v1"),
    "containerd-shim-runc-v2": ("/usr/bin/containerd-shim-runc-v2", "/usr/local/bin/containerd-shim-runc-v2"),
    "runc": ("/usr/bin/runc", "/usr/sbin/runc", "/usr/local/bin/runc", "/usr/local/sbin/runc"),
}
# Roles whose path only the daemon's own configuration tells; without one there is no such file.
FROM_CONFIGURATION = {TLS_CA: "tlscacert", TLS_CERTIFICATE: "tlscert", TLS_KEY: "tlskey"}


def rootless_places(home: str, uid: int, unit_folders: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The same for a rootless daemon of the user with that home: its own files, and the programs of the machine."""
    runtime, settings = f"/run/user/{uid}", f"{home}/.config/docker"
    programs = {role: paths for role, paths in PLACES.items() if paths[0].startswith("/usr/bin/")}
    return programs | {
        "docker.service": tuple(f"{folder}/docker.service" for folder in unit_folders),
        "etc-docker": (settings,),
        DAEMON_JSON: (f"{settings}/daemon.json",),
        DOCKER_SOCKET: (f"{runtime}/docker.sock",),
        CONTAINERD_SOCKET: (f"{runtime}/docker/containerd/containerd.sock",),
        DATA_ROOT: (f"{home}/.local/share/docker",),
        "run-containerd": (f"{runtime}/docker/containerd",),
    }
