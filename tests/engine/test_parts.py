"""The real parts do what the tests that use them take for granted."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path

import psycopg
import pytest
import redis

from tests import conftest
from tests.engine import parts
from tests.engine.dockerd import Dockerd, DockerFailed, running_dockerd


def test_skips_on_a_laptop_and_fails_in_ci_where_a_part_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no such part"):
        parts.require(False, "no such part")

    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception, match="no such part"):
        parts.require(False, "no such part")


def test_refuses_every_address_but_loopback() -> None:
    with socket.socket() as probe, pytest.raises(pytest.fail.Exception, match="192\\.0\\.2\\.1"):
        probe.connect(("192.0.2.1", 80))
    with pytest.raises(pytest.fail.Exception, match="example\\.org"):
        socket.create_connection(("example.org", 80))
    with pytest.raises(socket.gaierror):
        socket.create_connection(("host.invalid", 80))


def test_reaches_loopback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


@pytest.mark.engine
def test_the_engine_runs_a_container(dockerd: Dockerd) -> None:
    assert dockerd.docker("run", "--rm", "bb:1", "echo", "here") == "here"
    assert "bb:1" in dockerd.get("/images/bb:1/json")["RepoTags"]
    with pytest.raises(DockerFailed, match=r"No such image|not found|Unable to find"):
        dockerd.docker("create", "--pull=never", "absent:1")


@pytest.mark.engine
def test_an_engine_of_ones_own_obeys_its_configuration_and_leaves_nothing() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        running_dockerd(config={"debug": True}, listener=listener) as engine,
    ):
        over_tcp = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        asked = ["docker", "-H", over_tcp, "info", "--format", "{{.Debug}}"]
        assert subprocess.check_output(asked, text=True).strip() == "true"
        folder = engine.folder
        engine.kill()

    assert not folder.exists()
    assert str(folder) not in Path("/proc/mounts").read_text()


@pytest.mark.services
def test_redis_answers(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.ping()


@pytest.mark.services
def test_postgresql_answers(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("select rolcreatedb from pg_roles where rolname = 'secdash'").fetchone() == (True,)


def test_sees_a_process_that_outlives_its_parent() -> None:
    before = conftest.running_children()
    orphan = int(subprocess.check_output(["sh", "-c", "sleep 30 >/dev/null 2>&1 & echo $!"]))

    assert set(conftest.running_children()) - set(before) == {orphan}

    os.kill(orphan, signal.SIGKILL)
