"""A daemon set up as the guide advises, on a host set up likewise: `manage.py scan` finds only what is said here.

The Engine is real and runs with this daemon.json. The host around it is a tree that `--host-root` points to, as a
worker in a container sees its host: what belongs to the machine of the tests neither helps nor harms.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from secdash.environment import BASE
from secdash.facts.places import PLACES
from tests.engine.dockerd import Dockerd, running_dockerd
from tests.flows.host_tree import DOCKER, processes, put

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("hardened-daemon")]

CONFIG: dict[str, object] = {
    "icc": False,
    "ip": "127.0.0.1",
    "live-restore": True,
    "no-new-privileges": True,
    "log-driver": "local",
    "log-level": "info",
    "log-opts": {"max-size": "5m", "max-file": "3"},
    "userland-proxy": False,
    "default-ulimits": {"nofile": {"Name": "nofile", "Soft": 1024, "Hard": 4096}},
}
# What no setting above mends, and why it is rightly said here.
RIGHTLY: dict[str, str] = {
    "rootful-daemon": "it runs as root; a rootless one is another installation",
    "userns-remap-off": "remapping would make an account on the machine of the tests",
    "no-authorization-plugin": "no plugin is installed, and which would be right is a question of the site",
    "logs-stay-on-host": "local files are bounded, and still on the host",
}
OF_THE_KERNEL = {"cgroup-v1", "no-mandatory-access-control"}
# Debian built this Engine and mends it under the old number: what holds for it stands in Debian's tracker.
OF_THE_DISTRIBUTION = {
    *("engine-end-of-life", "engine-known-vulnerability", "engine-known-weakness"),
    *("containerd-end-of-life", "containerd-known-vulnerability", "containerd-known-weakness"),
    *("runc-known-escape", "runc-known-weakness"),
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Dockerd]:
    with running_dockerd(config=CONFIG) as engine:
        yield engine


@pytest.fixture(scope="module")
def host(engine: Dockerd, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a host: modes as packages set them, audit rules for every place, nobody in the group docker."""
    root = tmp_path_factory.mktemp("host")
    data = engine.get("/info")["DockerRootDir"]
    for path in (*(places[0] for places in PLACES.values()), data):
        put(root, path)
    watched = sorted({*(path for places in PLACES.values() for path in places), data})
    put(root, "/etc/audit/audit.rules", "".join(f"-w {path} -p wa -k docker\n" for path in watched))
    put(root, "/etc/docker/daemon.json", json.dumps(CONFIG))
    put(root, "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nanna:x:1000:1000::/home/anna:/bin/sh\n")
    put(root, "/etc/group", f"root:x:0:\ndocker:x:{DOCKER}:\nanna:x:1000:\n")
    put(root, "/etc/hostname", engine.get("/info")["Name"])
    processes(root, data)
    return root


@pytest.fixture(scope="module")
def told(engine: Dockerd, host: Path) -> dict[str, set[str]]:
    """{status: the checks that ended so}"""
    command = [sys.executable, "manage.py", "scan", engine.url, "--format", "json", "--host-root", str(host)]
    done = subprocess.run(command, cwd=BASE, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode in (0, 1), done.stderr
    verdicts = json.loads(done.stdout)["verdicts"]
    return {
        status: {verdict["check"] for verdict in verdicts if verdict["status"] == status}
        for status in ("pass", "fail", "unknown")
    }


def test_it_fails_nothing_that_it_should_not(told: dict[str, set[str]]) -> None:
    assert told["fail"] - OF_THE_KERNEL == set(RIGHTLY)


def test_nothing_of_it_is_unknown_but_what_the_distribution_must_say(told: dict[str, set[str]]) -> None:
    assert told["unknown"] <= OF_THE_DISTRIBUTION


def test_each_of_its_settings_was_seen(told: dict[str, set[str]]) -> None:
    """So that silence is not for want of reading."""
    assert told["pass"] >= {
        *("icc-enabled", "live-restore-off", "daemon-no-new-privileges-off", "default-ulimits-missing"),
        *("userland-proxy-on", "publishes-everywhere-by-default", "daemon-log-level-changed"),
        *("docker-group-members", "data-root-not-separate", "daemon-json-not-audited", "docker-sock-loose-mode"),
        *("docker-file-writable", "api-reachable-from-containers"),
    }
