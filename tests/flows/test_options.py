"""One hardened container, and one for each option of `docker run` that a check reads: `manage.py scan` of a real Engine
finds nothing wrong with the first, and with every other exactly what its one option makes wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from secdash.checks import CATALOGUE
from secdash.environment import BASE
from tests.engine import parts
from tests.engine.dockerd import IMAGE, Dockerd, running_dockerd
from tests.flows.options import (
    CREATED,
    NOT_AN_OPTION,
    PINNED,
    REGISTRY,
    ROWS,
    RUNNING,
    SESSIONS,
    Row,
)

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("options")]

REGISTRY_PROGRAM = BASE / "tests" / "engine" / "registry.py"
NAMES = ("bb:latest", "docker:27-dind", "docker:27-dind-rootless", "docker:27-cli", "docker-socket-proxy:1", "moved:1")
TAGS = ("1.2", "latest", "stable-alpine")
PROFILES = {
    "open.json": {"defaultAction": "SCMP_ACT_ALLOW"},
    "strict.json": {
        "defaultAction": "SCMP_ACT_ERRNO",
        "syscalls": [{"names": ["read", "write", "exit_group"], "action": "SCMP_ACT_ALLOW"}],
    },
    "mounting.json": {
        "defaultAction": "SCMP_ACT_ERRNO",
        "syscalls": [{"names": ["read", "mount"], "action": "SCMP_ACT_ALLOW"}],
    },
}
# Old Engines leave this open in every container, and no option closes it. {path: what every container then fails}
OF_THE_ENGINE = {"/proc/interrupts": "masked-paths-outdated"}
MOST_RESTARTS_A_DAY = 5


class Seen(msgspec.Struct, frozen=True):
    """What the command line says of each container."""

    fails: dict[str, set[str]]
    unknown: dict[str, set[str]]


@contextmanager
def running_registry(engine: Dockerd) -> Iterator[None]:
    """A registry where only this Engine reaches it, on its loopback address."""
    parts.require_programs("nsenter")
    inside = ["nsenter", f"--net=/proc/{engine.process.pid}/ns/net", "--"]
    program = [sys.executable, str(REGISTRY_PROGRAM), REGISTRY.rpartition(":")[2]]
    process = parts.start([*inside, *program], stdout=subprocess.PIPE)
    try:
        assert process.stdout
        with process.stdout as told:
            assert told.readline() == b"listening\n"
        yield
    finally:
        parts.stop(process)


def import_images(engine: Dockerd) -> str:
    """The images that rows name; the name by digest of one that a registry knows."""
    engine.import_image()
    for name in NAMES:
        engine.docker("tag", IMAGE, name)
    engine.import_image("pushed:1", changes=('CMD ["sh"]', "LABEL org.example.of=registry"))
    with running_registry(engine):
        for tag in TAGS:
            engine.docker("tag", "pushed:1", f"{REGISTRY}/app:{tag}")
            engine.docker("push", f"{REGISTRY}/app:{tag}")
    pinned: str = engine.get("/images/pushed:1/json")["RepoDigests"][0]
    return pinned


def prepare(engine: Dockerd) -> None:
    """What options refer to."""
    for name, content in PROFILES.items():
        (engine.folder / name).write_text(json.dumps(content))
    for name, device in {"disguised-etc": "/etc", "disguised-root": "/"}.items():
        bound = ("--opt", "type=none", "--opt", "o=bind", "--opt", f"device={device}")
        engine.docker("volume", "create", *bound, name)
    engine.docker("network", "create", "app")
    engine.docker("run", "--detach", "--name", "linked", IMAGE, "sleep", "600")
    engine.docker("run", "--detach", "--name", "linked-there", "--network", "app", IMAGE, "sleep", "600")


def create(engine: Dockerd, name: str, row: Row, pinned: str) -> None:
    image = pinned if row.image == PINNED else row.image
    engine.docker("create", "--name", name, *row.words, image, *row.command, cwd=engine.folder)


def start(engine: Dockerd) -> None:
    engine.docker("start", *RUNNING)
    for name, options in SESSIONS.items():
        engine.docker("exec", "--detach", *options, name, "sleep", "500")
    assert parts.wait_until(lambda: have_come_to_rest(engine), engine.process, within=60)


def have_come_to_rest(engine: Dockerd) -> bool:
    """Whether every health check has a result, and what loops has looped often enough for a day."""
    states = [engine.get(f"/containers/{name}/json") for name in RUNNING]
    starting = any(each["State"].get("Health", {}).get("Status") == "starting" for each in states if is_up(each))
    return not starting and engine.get("/containers/loops/json")["RestartCount"] > MOST_RESTARTS_A_DAY


def is_up(inspected: dict[str, dict[str, str]]) -> bool:
    return inspected["State"]["Status"] == "running"


@pytest.fixture(scope="module")
def engine() -> Iterator[Dockerd]:
    with running_dockerd() as engine:
        pinned = import_images(engine)
        prepare(engine)
        for name, row in (CREATED | RUNNING).items():
            create(engine, name, row, pinned)
        engine.docker("tag", "pushed:1", "moved:1")
        start(engine)
        yield engine


@pytest.fixture(scope="module", params=[(), ("--no-host-files",)], ids=["with-files", "without-files"])
def looked(request: pytest.FixtureRequest, engine: Dockerd) -> tuple[bool, Seen]:
    """Whether the host's files were read, and what was found."""
    return not request.param, scan(engine, *request.param)


def scan(engine: Dockerd, *options: str) -> Seen:
    command = [sys.executable, "manage.py", "scan", engine.url, "--format", "json", *options]
    done = subprocess.run(command, cwd=BASE, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 1, done.stderr
    found: dict[str, dict[str, set[str]]] = {"fail": defaultdict(set), "unknown": defaultdict(set)}
    for verdict in json.loads(done.stdout)["verdicts"]:
        if verdict["subject"]["kind"] == "container" and verdict["status"] in found:
            found[verdict["status"]][verdict["subject"]["name"]].add(verdict["check"])
    return Seen(found["fail"], found["unknown"])


def of_the_engine(engine: Dockerd) -> set[str]:
    """What every container fails on an Engine of this age, whatever its options; nothing on one of today."""
    masked = engine.get("/containers/hardened/json")["HostConfig"]["MaskedPaths"]
    return {check for path, check in OF_THE_ENGINE.items() if path not in masked}


@pytest.mark.parametrize("name", ROWS)
def test_a_container_fails_exactly_what_its_option_makes_wrong(
    engine: Dockerd, looked: tuple[bool, Seen], name: str
) -> None:
    row, (with_files, seen) = ROWS[name], looked
    wrong = row.fails | (row.by_files if with_files else frozenset())
    wrong |= row.under_v1 if engine.get("/info")["CgroupVersion"] == "1" else row.under_v2
    wrong |= set() if row.hides_nothing else of_the_engine(engine)

    assert seen.fails[name] == wrong


@pytest.mark.parametrize("name", ["hardened", "runs"])
def test_of_the_hardened_container_everything_is_known(looked: tuple[bool, Seen], name: str) -> None:
    """Created or running: nothing is left that an operator would have to settle."""
    assert looked[1].unknown[name] == set()


def test_what_is_unknown_of_the_others_is_what_nobody_is_told(looked: tuple[bool, Seen]) -> None:
    """Left out is what loops: between two starts nobody can list its processes."""
    with_files, seen = looked
    told = {name: checks for name, checks in seen.unknown.items() if name in ROWS and checks and name != "loops"}
    unknown = {"group-by-number": {"powerful-group-added"}}  # what the number stands for on the host
    if not with_files:
        unknown["privileges-unsaid"] = {"no-new-privileges-off"}  # the default of an Engine that does not tell it

    assert told == unknown


def test_every_check_that_an_option_can_fail_is_failed_by_one() -> None:
    of_containers = {name for name, entry in CATALOGUE.items() if entry.kind == "container"}
    failed: set[str] = set().union(*(row.fails | row.by_files for row in ROWS.values()))

    assert of_containers - set(NOT_AN_OPTION) == failed
