"""The proof on a real Engine: a container created from the rendered fix passes the check that it failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

import secdash.checks  # noqa: F401 - fills the catalogue
from secdash.checks.engine import CATALOGUE, judge_subject
from secdash.checks.outcome import Status
from secdash.checks.remedy import ComposeFix, Fix
from secdash.facts.model import Container
from secdash.fixes import render, render_all
from tests.engine.dockerd import Dockerd
from tests.fixes import on_engine

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("hardened")]

OWNER = "owner"  # a container with the host's network and processes

# What makes a container fail the check, as options of `docker create`.
FAILING: dict[str, Sequence[str]] = {
    "privileged-container": ("--privileged", "bb:1"),
    "runs-as-root": ("bb:1",),
    "capabilities-added": ("--cap-add", "NET_ADMIN", "--cap-add", "CHOWN", "bb:1"),
    "dangerous-capability": ("--cap-add", "SYS_ADMIN", "--cap-add", "SYS_NICE", "bb:1"),
    "escape-chain": ("--cap-add", "SYS_ADMIN", *("--security-opt", "seccomp=unconfined"), "bb:1"),
    "host-devices": ("--device", "/dev/mem", "--device-cgroup-rule", "c 1:* rmw", "-v", "/dev/shm:/s", "bb:1"),
    "seccomp-disabled": ("--security-opt", "seccomp=unconfined", "bb:1"),
    "no-new-privileges-off": ("--security-opt", "no-new-privileges=false", "bb:1"),
    "unmasked-proc": ("--security-opt", "systempaths=unconfined", "bb:1"),
    "host-root-mounted": ("-v", "/:/host:ro", "-v", "/srv:/srv", "bb:1"),
    "sensitive-host-path": ("-v", "/etc:/x:ro", "bb:1"),
    "host-kernel-files-readable": ("-v", "/proc:/host/proc:ro", "-v", "/srv:/srv", "bb:1"),
    "docker-socket-mounted": ("-v", "/var/run:/r:ro", "bb:1"),
    "registry-login-beside-socket": ("-v", "/var/run:/r:ro", "--env", "DOCKER_CONFIG=/x", "bb:1"),
    "control-socket-mounted": ("-v", f"{on_engine.AGENT}:/x:ro", "-v", "/srv:/srv", "bb:1"),
    "socket-proxy-open": ("--env", "POST=1", "--env", "ALLOW_STOP=true", "-p", "2375:2375", on_engine.PROXY),
    "runtime-socket-mounted": ("-v", "/run/containerd/containerd.sock:/c", "bb:1"),
    "shared-mount-propagation": ("-v", "/srv:/srv:rshared", "bb:1"),
    "writable-root-filesystem": ("--tmpfs", "/run", "bb:1"),
    "no-memory-limit": ("bb:1",),
    "no-cpu-limit": ("bb:1",),
    "no-pids-limit": ("--pids-limit", "-1", "bb:1"),
    "no-ulimits": ("bb:1",),
    "unlimited-restarts": ("--restart", "always", "bb:1"),
    "published-on-all-interfaces": ("-p", "8080:80", "-p", "0.0.0.0:81:81/udp", "-p", "82", "bb:1"),
    "all-ports-published": ("-P", "-p", "127.0.0.1:8088:8080", on_engine.IMAGE),
    "default-bridge": ("bb:1",),
    "host-network": ("--network", "host", "bb:1"),
    "host-pid": ("--pid", "host", "bb:1"),
    "host-ipc": ("--ipc", "host", "bb:1"),
    "host-uts": ("--uts", "host", "bb:1"),
    "custom-cgroup-parent": ("--cgroup-parent", "/mine", "bb:1"),
    "no-healthcheck": ("bb:1",),
    "default-capabilities-kept": ("--cap-drop", "MKNOD", "--cap-add", "CHOWN", "bb:1"),
    "powerful-group-added": ("--group-add", "0", "--group-add", "disk", "--group-add", "audio", "bb:1"),
    "device-controls-host": (
        "--device",
        "/dev/mem",
        "--device",
        "/dev/null",
        *("--device-cgroup-rule", "b *:* r"),
        "bb:1",
    ),
    "weak-seccomp-profile": ("--security-opt", "seccomp=seccomp.json", "--security-opt", "label=disable", "bb:1"),
    "joins-powerful-container": ("--network", f"container:{OWNER}", "--pid", f"container:{OWNER}", "bb:1"),
    "shareable-ipc": ("--ipc", "shareable", "bb:1"),
    "risky-sysctl": (*("--sysctl", "net.ipv4.tcp_syncookies=0"), *("--sysctl", "net.core.somaxconn=99"), "bb:1"),
    "loose-tmpfs": ("--tmpfs", "/x:exec,mode=700", "--tmpfs", "/y", "bb:1"),
    "unlimited-swap": ("--memory", "64m", "--memory-swap", "-1", "bb:1"),
    "oom-killer-evaded": ("--oom-kill-disable", "--oom-score-adj", "-500", "bb:1"),
    "log-rotation-missing": ("--log-opt", "labels=team", "bb:1"),
    "logs-discarded": ("--log-driver", "none", "bb:1"),
    "legacy-link": ("--link", f"{on_engine.OTHER}:db", "bb:1"),
    "host-gateway-mapped": ("--add-host", "hub:host-gateway", "--add-host", "db:10.0.0.3", "bb:1"),
    "exposed-host-control": ("-p", "8080:80", "-v", "/var/run/docker.sock:/var/run/docker.sock", "bb:1"),
}

NOT_HERE = {
    "host-cgroup-namespace": "needs a kernel with cgroup version 2",
    "shell-as-first-process": "needs a running container; tried in test_running_on_engine",
    "apparmor-off": "needs a kernel with AppArmor",
    "selinux-off": "needs a kernel with SELinux",
    "host-user-namespace": "needs an Engine that remaps users",
}

WORST = (
    *(
        "--privileged",
        "--cap-add",
        "ALL",
        "--pid",
        "host",
        "--ipc",
        "host",
        "--network",
        "bridge",
        "--restart",
        "always",
    ),
    *("-v", "/:/host", "-v", "/etc:/x", "-v", "/srv:/srv:rshared", "-v", "kept:/data", "--device", "/dev/mem"),
    *("--security-opt", "seccomp=unconfined", "-p", "8080:80", "--env", "MODE=fast", "bb:1", "sleep", "60"),
)


@pytest.fixture(scope="module")
def engine(dockerd: Dockerd) -> Iterator[Dockerd]:
    on_engine.prepare(dockerd)
    dockerd.docker("create", "--name", OWNER, "--network", "host", "--pid", "host", "bb:1")
    yield dockerd
    on_engine.remove(dockerd, OWNER)
    on_engine.clear(dockerd)


def test_every_fix_of_a_container_is_proved_here_or_says_why_not() -> None:
    fixable = {name for name, entry in CATALOGUE.items() if entry.kind == "container" and entry.fixable}
    not_of_the_service = {"outdated-image", "programs-changed", "moving-tag", "no-digest"}

    assert fixable - not_of_the_service == set(FAILING) | set(NOT_HERE)


@pytest.mark.parametrize("name", FAILING)
def test_the_hardened_container_passes(engine: Dockerd, name: str) -> None:
    check = CATALOGUE[name]
    try:
        on_engine.create(engine, "subject", FAILING[name])
        container, now = on_engine.seen(engine, "subject")
        assert check.judge(container, now).status is Status.FAIL
        fix = check.fix(container)
        assert isinstance(fix, ComposeFix)
        rendered = render(fix, container, now)
        assert rendered.compose_diff
        assert rendered.run_after
        on_engine.remove(engine, "subject")

        on_engine.carry_out(engine, rendered.run_after)

        assert check.judge(*on_engine.seen(engine, "subject")).status is Status.PASS
    finally:
        on_engine.remove(engine, "subject")


def test_all_fixes_together_leave_nothing_to_fix(engine: Dockerd) -> None:
    try:
        on_engine.create(engine, "worst", WORST)
        container, now = on_engine.seen(engine, "worst")
        before = _fixes(container, now)
        rendered = render_all(before, container, now)
        assert rendered.run_after
        on_engine.remove(engine, "worst")

        on_engine.carry_out(engine, rendered.run_after)

        assert len(before) > 15
        assert _fixes(*on_engine.seen(engine, "worst")) == {}
    finally:
        on_engine.remove(engine, "worst")


def _fixes(container: Container, now: on_engine.Snapshot) -> dict[str, Fix]:
    failed = [verdict for verdict in judge_subject(container, now) if verdict.status is Status.FAIL]
    fixes = {
        verdict.check: CATALOGUE[verdict.check].fix(container) for verdict in sorted(failed, key=lambda v: -v.severity)
    }
    return {name: fix for name, fix in fixes.items() if fix}
