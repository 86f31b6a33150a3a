"""The proof on a real swarm: a service that fails is updated as its fix says, and passes."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.outcome import Status
from secdash.checks.remedy import CommandFix
from secdash.facts.collect import collect
from secdash.facts.model import Service, Snapshot, known
from secdash.facts.parse import parse
from tests.engine.dockerd import Dockerd, running_dockerd
from tests.engine.parts import free_port

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("services")]

FAILING: dict[str, Sequence[str]] = {
    "service-docker-socket": ("--mount", "type=bind,source=/var/run,target=/r"),
    "service-runtime-socket": ("--mount", "type=bind,source=/run/containerd/containerd.sock,target=/c"),
    "service-host-root": ("--mount", "type=bind,source=/,target=/host,readonly"),
    "service-host-path": ("--mount", "type=bind,source=/etc,target=/e"),
    "service-dangerous-capability": ("--cap-add", "SYS_ADMIN", "--cap-add", "SYS_TIME"),
    "service-secret-in-environment": ("--env", "DB_PASSWORD=hunter2", "--env", "MODE=fast"),
    "service-runs-as-root": ("--user", "0"),
    "service-writable-root": (),
    "service-no-memory-limit": (),
    "service-no-cpu-limit": (),
    "service-no-pids-limit": (),
}


@pytest.fixture(scope="module")
def manager() -> Iterator[Dockerd]:
    with running_dockerd() as engine:
        engine.import_image()
        engine.docker("swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", f"127.0.0.1:{free_port()}")
        yield engine


def seen(engine: Dockerd, name: str) -> tuple[Service, Snapshot]:
    snapshot = parse(collect(engine.url))
    return next(service for service in known(snapshot.services) if service.name == name), snapshot


@pytest.mark.parametrize("check", FAILING)
def test_the_fix_of_a_service_makes_it_pass(manager: Dockerd, check: str) -> None:
    entry = CATALOGUE[check]
    # No task has to run: what is judged is the service.
    manager.docker("service", "create", "--detach", "--replicas", "0", "--name", "shop", *FAILING[check], "bb:1")
    try:
        service, snapshot = seen(manager, "shop")
        assert entry.judge(service, snapshot).status is Status.FAIL
        fix = entry.fix(service)
        assert isinstance(fix, CommandFix)

        for line in fix.lines:
            carry_out(manager, line)

        assert entry.judge(*seen(manager, "shop")).status is Status.PASS
    finally:
        manager.docker("service", "rm", "shop")


def carry_out(engine: Dockerd, line: str) -> None:
    """`printf … | docker secret create NAME -` reads what it is given, the other lines nothing."""
    words = shlex.split(line.rpartition(" | ")[2])
    assert words[0] == "docker"
    if words[1] == "secret":
        engine.docker(*words[1:], stdin=b"hunter3")
    else:
        engine.docker(*words[1:3], "--detach", *words[3:])


def test_every_fix_of_a_service_is_proved_here_or_is_the_daemons() -> None:
    fixable = {name for name, entry in CATALOGUE.items() if entry.kind == "service" and entry.fixable}
    assert fixable - {"service-no-new-privileges-off"} == set(FAILING)


@pytest.mark.parametrize(
    ("check", "before", "after"),
    [
        ("managers-not-locked", Status.FAIL, Status.PASS),
        ("node-certificates-live-long", Status.FAIL, Status.PASS),
        ("too-few-managers", Status.FAIL, Status.FAIL),  # one machine cannot be three
    ],
)
def test_the_swarms_own_settings(manager: Dockerd, check: str, before: Status, after: Status) -> None:
    entry = CATALOGUE[check]
    snapshot = parse(collect(manager.url))
    assert entry.judge(snapshot.engine, snapshot).status is before
    fix = entry.fix(snapshot.engine)
    assert isinstance(fix, CommandFix)

    if before is not after:
        for line in fix.lines:
            manager.docker(*shlex.split(line)[1:])

    snapshot = parse(collect(manager.url))
    assert entry.judge(snapshot.engine, snapshot).status is after


def test_an_encrypted_overlay_passes_and_a_plain_one_fails(manager: Dockerd) -> None:
    manager.docker("network", "create", "--driver", "overlay", "plain")
    manager.docker("network", "create", "--driver", "overlay", "--opt", "encrypted", "safe")

    snapshot = parse(collect(manager.url))

    judged = {n.name: CATALOGUE["overlay-not-encrypted"].judge(n, snapshot).status for n in known(snapshot.networks)}
    assert (judged["plain"], judged["safe"], judged["bridge"]) == (Status.FAIL, Status.PASS, Status.NOT_APPLICABLE)
