"""What only a running container shows: judged, mended as the fix says, started again and judged anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.outcome import Status
from secdash.facts.collect import collect
from secdash.facts.model import Container, Snapshot, known
from secdash.facts.parse import parse
from secdash.fixes import render
from tests.engine import parts
from tests.engine.dockerd import Dockerd, running_dockerd
from tests.fixes import on_engine

pytestmark = pytest.mark.engine

STAYS = ("bb:1", "sh", "-c", "sleep 600; true")
LEAVES = ("bb:1", "sh", "-c", "exec sleep 600")


@pytest.fixture
def engine(dockerd: Dockerd) -> Iterator[Dockerd]:
    yield dockerd
    on_engine.remove(dockerd, "subject")


def seen(engine: Dockerd) -> tuple[Container, Snapshot]:
    snapshot = parse(collect(engine.url))
    return next(one for one in known(snapshot.containers) if one.name == "subject"), snapshot


def test_a_shell_that_stays_gets_an_init(engine: Dockerd) -> None:
    check = CATALOGUE["shell-as-first-process"]
    engine.docker("run", "--detach", "--name", "subject", *STAYS)
    container, snapshot = seen(engine)
    assert check.judge(container, snapshot).status is Status.FAIL
    fix = check.fix(container)
    assert fix is not None
    rendered = render(fix, container, snapshot)
    assert rendered.run_after
    on_engine.remove(engine, "subject")

    on_engine.carry_out(engine, rendered.run_after)
    engine.docker("start", "subject")

    assert check.judge(*seen(engine)).status is Status.PASS


def test_a_shell_that_left_by_exec_is_no_fault(engine: Dockerd) -> None:
    engine.docker("run", "--detach", "--name", "subject", *LEAVES)

    assert CATALOGUE["shell-as-first-process"].judge(*seen(engine)).status is Status.PASS


def test_a_container_passes_by_what_the_daemon_was_told_of_logs() -> None:
    with running_dockerd(config={"log-opts": {"max-size": "7m"}}) as engine:
        engine.import_image()
        engine.docker("create", "--name", "subject", "bb:1")
        container, snapshot = seen(engine)

    assert container.log_options == (("max-size", "7m"),)
    assert CATALOGUE["log-rotation-missing"].judge(container, snapshot).status is Status.PASS


def test_a_container_started_now_runs_since_today(engine: Dockerd) -> None:
    engine.docker("run", "--detach", "--name", "subject", "bb:1", "sleep", "600")
    container, snapshot = seen(engine)

    assert known(container.started) <= known(snapshot.engine.day)
    assert CATALOGUE["long-running-container"].judge(container, snapshot).status is Status.PASS
    assert CATALOGUE["restart-loop"].judge(container, snapshot).status is Status.PASS


def test_a_container_that_cannot_stay_up_is_in_a_loop(engine: Dockerd) -> None:
    engine.docker("run", "--detach", "--name", "subject", "--restart", "always", "bb:1", "false")
    # By then the Engine waits long enough between two tries for one look.
    assert parts.wait_until(lambda: _waits_for_its_fourth_try(engine), engine.process)

    assert CATALOGUE["restart-loop"].judge(*seen(engine)).status is Status.FAIL


def _waits_for_its_fourth_try(engine: Dockerd) -> bool:
    answer = engine.get("/containers/subject/json")
    return bool(answer["State"]["Restarting"]) and int(answer["RestartCount"]) >= 3
