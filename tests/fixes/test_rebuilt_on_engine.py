"""The proof on a real Engine: the command line rebuilt from a container makes the same container."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from secdash.checks.service import security_entry
from secdash.facts.model import Container, Mount, known
from secdash.fixes import rebuilt, run
from tests.engine.dockerd import Dockerd
from tests.fixes import on_engine
from tests.fixes.on_engine import IMAGE

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("rebuilt")]

# Options of `docker create`, then the image, then its command. Each row takes other fields of a container.
SETTINGS: dict[str, Sequence[str]] = {
    "nothing": ("bb:1",),
    "a command with quotes": ("bb:1", "sh", "-c", 'echo "it\'s" $HOME; sleep 1'),
    "another entrypoint": ("--entrypoint", "/bin/echo", "bb:1", "one", "two"),
    "what the image says": (IMAGE,),
    "a command of its own": (IMAGE, "sleep 2"),
    "an entrypoint instead of the image's": ("--entrypoint", "/bin/sleep", IMAGE, "3"),
    "no entrypoint": ("--entrypoint", "", IMAGE, "sleep", "3"),
    "user and folder": ("--user", "1:2", "--workdir", "/tmp", "bb:1"),
    "environment": ("--env", "MODE=fast", "--env", "EMPTY=", "--env", "TOKEN=abc", IMAGE),
    "names": ("--hostname", "web", "--domainname", "example.org", "bb:1"),
    "terminal": ("--tty", "--interactive", "--init", "--stop-signal", "SIGINT", "--stop-timeout", "75", "bb:1"),
    "without init": ("--init=false", "bb:1"),
    "health check": (
        "--health-cmd",
        "test -f /x || exit 1",
        "--health-interval",
        "90s",
        "--health-retries",
        "2",
        "bb:1",
    ),
    "health check timing": (
        "--health-cmd",
        "true",
        "--health-timeout",
        "1500ms",
        "--health-start-period",
        "1m",
        "bb:1",
    ),
    "no health check": ("--no-healthcheck", IMAGE),
    "restarts": ("--restart", "on-failure:3", "bb:1"),
    "restarts always": ("--restart", "unless-stopped", "bb:1"),
    "removed at its end": ("--rm", "bb:1"),
    "labels": ("--label", "org.example.team=a b", "--label", "empty=", IMAGE),
    "privileged": ("--privileged", "bb:1"),
    "capabilities": ("--cap-add", "SYS_ADMIN", "--cap-add", "NET_RAW", "--cap-drop", "ALL", "bb:1"),
    "security options": (
        *("--security-opt", "no-new-privileges", "--security-opt", "seccomp=unconfined"),
        *("--security-opt", "apparmor=unconfined", "--security-opt", "label=type:web_t", "bb:1"),
    ),
    "unmasked": ("--security-opt", "systempaths=unconfined", "bb:1"),
    "seccomp profile": ("--security-opt", "seccomp=./seccomp.json", "bb:1"),
    "groups": ("--group-add", "audio", "--group-add", "99", "bb:1"),
    "devices": ("--device", "/dev/null:/dev/x:r", "--device", "/dev/zero", "--device-cgroup-rule", "c 1:* rmw", "bb:1"),
    "graphics": ("--gpus", '"device=0,1",driver=nvidia,"capabilities=gpu,utility"', "bb:1"),
    "all graphics": ("--gpus", "all", "bb:1"),
    "kernel settings": ("--sysctl", "net.ipv4.ip_forward=0", "bb:1"),
    "host's namespaces": (*("--network", "host", "--pid", "host", "--ipc", "host", "--uts", "host"), "bb:1"),
    "more namespaces": ("--userns", "host", "--cgroupns", "private", "--ipc", "shareable", "bb:1"),
    "cgroup parent": ("--cgroup-parent", "/mine", "bb:1"),
    "no network": ("--network", "none", "bb:1"),
    "another's network": ("--network", "container:other", "bb:1"),
    "user network": (*("--network", "app", "--network-alias", "web", "--ip", "10.99.0.9"), "bb:1"),
    "read-only": ("--read-only", "--tmpfs", "/tmp:rw,size=16m", "--tmpfs", "/run", "--shm-size", "128m", "bb:1"),
    "binds": ("-v", "/srv:/srv:ro", "-v", "/etc/hostname:/h", "-v", "/opt:/opt:rslave", "-v", "/usr:/u:ro,Z", "bb:1"),
    "volumes": ("-v", "kept:/data:ro", "-v", "/anonymous", "-v", "other:/o", IMAGE),
    "mounts": (
        *("--mount", "type=bind,source=/srv,target=/a:b,readonly", "--mount", "type=volume,source=kept,target=/k"),
        *("--mount", "type=tmpfs,target=/scratch", "bb:1"),
    ),
    "volumes of another": ("--volumes-from", "other:ro", "bb:1"),
    "memory": ("--memory", "256m", "--memory-reservation", "128m", "--memory-swap", "300m", "bb:1"),
    "memory alone": ("--memory", "1000000000", "bb:1"),
    "swap without end": ("--memory", "1g", "--memory-swap", "-1", "--oom-kill-disable", "bb:1"),
    "processors": ("--cpus", "1.5", "--cpu-shares", "512", "--cpuset-cpus", "0-1", "bb:1"),
    "quota": ("--cpu-quota", "50000", "--cpu-period", "200000", "--oom-score-adj", "500", "bb:1"),
    "limits": ("--pids-limit", "100", "--ulimit", "nofile=1024:4096", "--ulimit", "core=0", "bb:1"),
    "processes without end": ("--pids-limit", "-1", "bb:1"),
    "logs": ("--log-driver", "syslog", "--log-opt", "tag=web", "bb:1"),
    "log options": ("--log-opt", "max-size=5m", "--log-opt", "max-file=2", "bb:1"),
    "ports": (
        "-p",
        "8080:80",
        "-p",
        "127.0.0.1:53:53/udp",
        "-p",
        "[::1]:81:81",
        "-p",
        "82",
        "-p",
        "127.0.0.1::83",
        "bb:1",
    ),
    "every port": ("-P", "-p", "8088:8080", IMAGE),
    "exposed": ("--expose", "7000", "--expose", "7001/udp", IMAGE),
    "links and names": (
        *("--link", "other:db", "--add-host", "one:10.0.0.1", "--dns", "10.0.0.2", "--dns-search", "example.org"),
        *("--dns-option", "ndots:2", "bb:1"),
    ),
}

OF_THE_INSTANCE = ("id", "name", "key", "created")


@pytest.fixture(scope="module")
def engine(dockerd: Dockerd) -> Iterator[Dockerd]:
    on_engine.prepare(dockerd)
    yield dockerd
    on_engine.clear(dockerd)


def comparable(container: Container) -> dict[str, Any]:
    """All facts but those that no two containers share; those that can be written in two ways, in one."""
    facts = {name: getattr(container, name) for name in container.__struct_fields__ if name not in OF_THE_INSTANCE}
    hostname = known(container.hostname)
    return facts | {
        "hostname": "" if container.id.startswith(hostname) else hostname,
        "entrypoint": None,
        "command": (*(known(container.entrypoint) or ()), *known(container.command)),
        "security_opt": sorted(map(security_entry, known(container.security_opt))),
        "attachments": [(end.network, end.aliases, end.address) for end in known(container.attachments)],
        "device_requests": [sorted(set(re.split("[ =]", request))) for request in known(container.device_requests)],
        "links": [link.replace(f"/{container.name}/", "/") for link in known(container.links)],
        "mounts": sorted(map(_comparable_mount, known(container.mounts))),
        "network_mode": known(container.network_mode).replace("default", "bridge"),
    }


def _comparable_mount(mount: Mount) -> tuple[object, ...]:
    """The name of an anonymous volume is drawn by chance, and with it its folder."""
    anonymous = len(mount.name) == 64
    return (mount.type, mount.destination, "" if anonymous else mount.source, mount.read_only, mount.propagation)


@pytest.mark.parametrize("options", SETTINGS.values(), ids=SETTINGS.keys())
def test_the_rebuilt_command_line_makes_the_same_container(engine: Dockerd, options: Sequence[str]) -> None:
    try:
        on_engine.create(engine, "first", options)
        original, now = on_engine.seen(engine, "first")

        on_engine.carry_out(engine, run.line(rebuilt(original, now), name="second"))

        assert comparable(on_engine.seen(engine, "second")[0]) == comparable(original)
    finally:
        on_engine.remove(engine, "first", "second")


def test_leaves_out_all_that_the_image_and_the_engine_say(engine: Dockerd) -> None:
    try:
        on_engine.create(engine, "plain", (IMAGE,))

        assert rebuilt(*on_engine.seen(engine, "plain")) == {"image": IMAGE, "network_mode": "bridge"}
    finally:
        on_engine.remove(engine, "plain")


def test_a_running_container_is_rebuilt_with_the_ports_and_networks_it_has(engine: Dockerd) -> None:
    try:
        options = ("--network", "app", "-p", "127.0.0.1:8080:80", "-p", "81", "bb:1", "sleep", "60")
        on_engine.create(engine, "front", options)
        engine.docker("network", "create", "more")
        engine.docker("network", "connect", "--alias", "f", "more", "front")
        engine.docker("start", "front")
        original, now = on_engine.seen(engine, "front")
        engine.docker("rm", "--force", "front")

        on_engine.carry_out(engine, run.line(rebuilt(original, now), name="front"))
        engine.docker("start", "front")

        again = on_engine.seen(engine, "front")[0]
        assert again.ports == original.ports
        assert comparable(again) == comparable(original)
    finally:
        on_engine.remove(engine, "front")
        engine.docker("network", "rm", "more")
