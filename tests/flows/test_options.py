"""One hardened container, and one for each option of `docker run` that a check reads: `manage.py scan` of a real Engine
finds nothing wrong with the first, and with every other exactly what its one option makes wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator

import pytest

from secdash.checks import CATALOGUE
from secdash.environment import BASE
from tests.engine.dockerd import IMAGE, Dockerd, running_dockerd

pytestmark = pytest.mark.engine

# Every option that hardens, by the name under which a row below takes it away or says it otherwise.
HARDENED: dict[str, tuple[str, ...]] = {
    "user": ("--user", "1000:1000"),
    "cap-drop": ("--cap-drop", "ALL"),
    "no-new-privileges": ("--security-opt", "no-new-privileges:true"),
    "read-only": ("--read-only",),
    "tmpfs": ("--tmpfs", "/tmp:rw,noexec,nosuid,nodev,size=16m"),
    "memory": ("--memory", "64m", "--memory-swap", "64m"),
    "cpus": ("--cpus", "0.5"),
    "pids": ("--pids-limit", "100"),
    "ulimit": ("--ulimit", "nofile=1024:2048"),
    "restart": ("--restart", "on-failure:3"),
    "health": ("--health-cmd", "true"),
    "network": ("--network", "app"),
    "logs": ("--log-opt", "max-size=5m", "--log-opt", "max-file=2"),
    "init": ("--init",),
}

# {container: (what differs from the hardened one, what it fails)}
Row = tuple[dict[str, tuple[str, ...]], set[str]]
OPTIONS: dict[str, Row] = {
    "hardened": ({}, set()),
    "root": ({"user": ("--user", "0:0")}, {"runs-as-root"}),
    "no-user": ({"user": ()}, {"runs-as-root"}),
    "privileges-false": (
        {"no-new-privileges": ("--security-opt", "no-new-privileges=false")},
        {"no-new-privileges-off"},
    ),
    "writable": ({"read-only": ()}, {"writable-root-filesystem"}),
    "no-memory": ({"memory": ()}, {"no-memory-limit"}),
    "no-cpus": ({"cpus": ()}, {"no-cpu-limit"}),
    "cpu-shares": ({"cpus": ("--cpu-shares", "512")}, set()),
    "cpuset": ({"cpus": ("--cpuset-cpus", "0")}, set()),
    "no-pids": ({"pids": ()}, {"no-pids-limit"}),
    "pids-unlimited": ({"pids": ("--pids-limit", "-1")}, {"no-pids-limit"}),
    "no-ulimit": ({"ulimit": ()}, {"no-ulimits"}),
    "restart-always": ({"restart": ("--restart", "always")}, {"unlimited-restarts"}),
    "restart-ten": ({"restart": ("--restart", "on-failure:10")}, {"unlimited-restarts"}),
    "no-restart": ({"restart": ()}, set()),
    "no-health": ({"health": ()}, {"no-healthcheck"}),
    "health-none": ({"health": ("--no-healthcheck",)}, {"no-healthcheck"}),
    "bridge": ({"network": ()}, {"default-bridge"}),
    "host-network": ({"network": ("--network", "host")}, {"host-network"}),
    "no-network": ({"network": ("--network", "none")}, set()),
    "host-pid": ({"more": ("--pid", "host")}, {"host-pid"}),
    "host-ipc": ({"more": ("--ipc", "host")}, {"host-ipc"}),
    "host-uts": ({"more": ("--uts", "host")}, {"host-uts"}),
    "privileged": (
        {"more": ("--privileged",)},
        {"privileged-container", "seccomp-disabled"},
    ),
    "cap-sys-admin": ({"more": ("--cap-add", "SYS_ADMIN")}, {"capabilities-added", "dangerous-capability"}),
    "cap-all": ({"more": ("--cap-add", "ALL")}, {"capabilities-added", "dangerous-capability"}),
    "cap-sys-nice": ({"more": ("--cap-add", "SYS_NICE")}, {"capabilities-added"}),
    "cap-default": ({"more": ("--cap-add", "CHOWN")}, set()),
    "seccomp": ({"more": ("--security-opt", "seccomp=unconfined")}, {"seccomp-disabled"}),
    "systempaths": ({"more": ("--security-opt", "systempaths=unconfined")}, {"unmasked-proc"}),
    "apparmor": ({"more": ("--security-opt", "apparmor=unconfined")}, set()),
    "label": ({"more": ("--security-opt", "label=disable")}, set()),
    "escape": (
        {"user": ("--user", "0"), "more": ("--cap-add", "SYS_ADMIN", "--security-opt", "seccomp=unconfined")},
        {"runs-as-root", "capabilities-added", "dangerous-capability", "seccomp-disabled", "escape-chain"},
    ),
    "device": ({"more": ("--device", "/dev/mem")}, {"host-devices"}),
    "device-rule": ({"more": ("--device-cgroup-rule", "c *:* rwm")}, {"host-devices"}),
    "dev": ({"more": ("-v", "/dev:/dev")}, {"host-devices", "sensitive-host-path"}),
    "root-mounted": (
        {"more": ("-v", "/:/host:ro")},
        {"host-root-mounted", "docker-socket-mounted"},
    ),
    "etc": ({"more": ("-v", "/etc:/host/etc:ro")}, {"sensitive-host-path"}),
    "sys": ({"more": ("-v", "/sys:/host/sys:ro")}, {"sensitive-host-path"}),
    "usr-bin": ({"more": ("-v", "/usr/bin:/host/bin:ro")}, {"sensitive-host-path"}),
    "localtime": ({"more": ("-v", "/etc/localtime:/etc/localtime:ro")}, set()),
    "data": ({"more": ("-v", "data:/data", "-v", "/srv/app:/srv:ro")}, set()),
    "socket": ({"more": ("-v", "/var/run/docker.sock:/var/run/docker.sock:ro")}, {"docker-socket-mounted"}),
    "run": ({"more": ("-v", "/run:/host/run")}, {"docker-socket-mounted", "sensitive-host-path"}),
    "containerd": (
        {"more": ("-v", "/run/containerd/containerd.sock:/c")},
        {"runtime-socket-mounted", "sensitive-host-path"},
    ),
    "shared": ({"more": ("-v", "/srv:/srv:rshared")}, {"shared-mount-propagation"}),
    "published": ({"more": ("-p", "8081:80")}, {"published-on-all-interfaces"}),
    "published-v6": ({"more": ("-p", "[::]:9001:9001")}, {"published-on-all-interfaces"}),
    "published-low": ({"more": ("-p", "127.0.0.1:81:80")}, {"privileged-port-published"}),
    "published-loopback": ({"more": ("-p", "127.0.0.1:8082:80")}, set()),
    "publish-all": ({"more": ("-P",)}, {"all-ports-published"}),
    "cgroup-parent": ({"more": ("--cgroup-parent", "/mine")}, {"custom-cgroup-parent"}),
    "secret": ({"more": ("--env", "DB_PASSWORD=hunter2")}, {"secret-in-environment"}),
    "secret-file": ({"more": ("--env", "DB_PASSWORD_FILE=/run/secrets/db")}, set()),
}


# Where the kernel still has cgroup v1, SYS_ADMIN is enough to get out.
OUT_UNDER_V1 = {"cap-sys-admin": {"escape-chain"}, "cap-all": {"escape-chain"}}


# Checks of containers that no option fails here.
NOT_AN_OPTION: dict[str, str] = {
    "apparmor-off": "needs a kernel with AppArmor",
    "selinux-off": "needs a kernel with SELinux",
    "host-user-namespace": "needs an Engine that remaps users",
    "ssh-in-container": "is about what runs",
    "privileged-exec": "is about what runs",
    "root-exec": "is about what runs",
    "programs-changed": "is about what runs",
    "outdated-image": "is about what its tag names now",
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Dockerd]:
    with running_dockerd() as engine:
        engine.import_image()
        engine.docker("network", "create", "app")
        for name, (differing, _failing) in OPTIONS.items():
            words = [word for option in (HARDENED | differing).values() for word in option]
            engine.docker("create", "--name", name, *words, IMAGE, "sleep", "60")
        yield engine


@pytest.fixture(scope="module")
def failing(engine: Dockerd) -> dict[str, set[str]]:
    """{container: the checks that it fails}, as the command line prints them."""
    command = [sys.executable, "manage.py", "scan", engine.url, "--format", "json"]
    done = subprocess.run(command, cwd=BASE, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 1, done.stderr
    found: dict[str, set[str]] = defaultdict(set)
    for verdict in json.loads(done.stdout)["verdicts"]:
        if verdict["subject"]["kind"] == "container" and verdict["status"] == "fail":
            found[verdict["subject"]["name"]].add(verdict["check"])
    return found


def test_there_are_at_least_forty_containers() -> None:
    assert len(OPTIONS) >= 40


@pytest.mark.parametrize("name", OPTIONS)
def test_a_container_fails_exactly_what_its_option_makes_wrong(
    engine: Dockerd, failing: dict[str, set[str]], name: str
) -> None:
    under_v1 = OUT_UNDER_V1.get(name, set()) if engine.get("/info")["CgroupVersion"] == "1" else set()
    assert failing[name] == OPTIONS[name][1] | under_v1


def test_every_check_that_an_option_can_fail_is_failed_by_one() -> None:
    of_containers = {name for name, entry in CATALOGUE.items() if entry.kind == "container"}
    failed: set[str] = set().union(*(wrong for _, wrong in OPTIONS.values()))

    assert of_containers - set(NOT_AN_OPTION) == failed
