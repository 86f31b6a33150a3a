"""We keep our own rules: the services of docker-compose.yml, created on a real Engine and judged by us."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from secdash.checks.engine import judge
from secdash.checks.outcome import Severity, Status
from secdash.environment import BASE
from secdash.facts.collect import collect
from secdash.facts.parse import parse
from secdash.fixes import run
from tests.engine.dockerd import IMAGE, running_dockerd

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("own-stack")]

# The proxy is the one container that must hold the socket: it lets GET and HEAD through, and nothing else holds it.
MEANT = {("engine", "docker-socket-mounted")}
# What is left of lower severity, and why.
LEFT = {
    ("migrate", "no-healthcheck"): "it runs to its end and stops",
    ("web", "no-healthcheck"): "its image declares one, for which busybox stands in here",
}
OF_THE_ENGINE = "masked-paths-outdated"  # no service can help the age of the Engine that created it
VARIABLE = re.compile(r"\$\{\w+:-([^}]*)\}")


def services():
    text = VARIABLE.sub(r"\1", (BASE / "docker-compose.yml").read_text(encoding="utf-8"))
    return yaml.safe_load(text)["services"]


def as_created(name, service, folder: Path):
    """The service with everything that `docker create` needs to exist put in place of what Compose would bring."""
    wanted = {key: value for key, value in service.items() if key in run.known_keys()}
    wanted["image"] = IMAGE
    wanted["networks"] = service.get("networks", [])
    if isinstance(service.get("environment"), dict):
        wanted["environment"] = [f"{key}={value}" for key, value in service["environment"].items()]
    mounts = [entry.replace("./", f"{BASE}/", 1) for entry in service.get("volumes", [])]
    mounts += [f"{folder}/{secret}:/run/secrets/{secret}:ro" for secret in service.get("secrets", [])]
    wanted["volumes"] = mounts
    if not mounts:
        del wanted["volumes"]
    if not wanted["networks"]:
        del wanted["networks"]
    return run.argv(wanted, name=name)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    folder = tmp_path_factory.mktemp("secrets")
    for secret in ("secret_key", "database_url", "postgres_password", "redis_url", "redis_auth", "mail_url"):
        (folder / secret).write_text("x")
    with running_dockerd() as engine:
        engine.import_image()
        for network in ("front", "back", "out"):
            engine.docker("network", "create", network)
        for name, service in services().items():
            words = as_created(name, service, folder)
            engine.docker("create", *(word for word in words[2:] if word != "--detach"))
        yield parse(collect(engine.url))


def test_no_container_of_ours_fails_a_check_of_medium_severity_or_above(snapshot):
    assert {pair for pair, severity in failures(snapshot).items() if severity >= Severity.MEDIUM} == MEANT


def test_of_low_severity_they_fail_only_what_has_its_reason(snapshot):
    lower = {pair for pair, severity in failures(snapshot).items() if severity < Severity.MEDIUM}

    assert {pair for pair in lower if pair[1] != OF_THE_ENGINE} == set(LEFT)


def failures(snapshot):
    """{(container, check): severity}"""
    return {
        (verdict.subject.name, verdict.check): verdict.severity
        for verdict in judge(snapshot)
        if verdict.subject.kind == "container" and verdict.status is Status.FAIL
    }


def test_the_stack_is_judged_whole(snapshot):
    assert {container.name for container in snapshot.containers} == set(services())
