from __future__ import annotations

import pytest

from secdash.facts.collect import collect
from secdash.facts.connect import ReadOnly, Unreachable, open_engine
from secdash.facts.model import Unknown, dump, load
from secdash.facts.parse import parse
from tests.engine.dockerd import running_dockerd

pytestmark = pytest.mark.engine


@pytest.fixture
def engine():
    with running_dockerd() as engine:
        engine.import_image()
        yield engine


def test_reads_a_real_engine(engine):
    engine.docker(
        "run", "-d", "--name", "web", "-e", "DB_PASSWORD=hunter2", "--user", "4321:4321", "bb:1", "sleep", "600"
    )
    engine.docker("create", "--name", "off", "--privileged", "-v", "/:/host:ro", "-p", "8080:80", "bb:1", "sh")
    engine.docker("exec", "-d", "-u", "root", "web", "sleep", "500")

    snapshot = parse(collect(engine.url))
    off, web = snapshot.containers

    assert (web.key, web.state, web.user, web.privileged) == ("web", "running", "4321:4321", False)
    assert [(found.name, found.secret) for found in web.env] == [("DB_PASSWORD", "its name")]
    assert {(line.user, line.command) for line in web.processes} == {("4321", "sleep"), ("root", "sleep")}
    assert [(session.privileged, session.user, session.command) for session in web.execs] == [(False, "root", "sleep")]
    assert (off.state, off.privileged, off.processes, off.execs) == ("created", True, (), ())
    assert [(mount.source, mount.read_only) for mount in off.mounts] == [("/", True)]
    assert [(port.address, port.host_port) for port in off.ports] == [("", "8080")]
    assert [image.key for image in snapshot.images] == ["bb:1"]
    assert not isinstance(snapshot.engine.live_restore, Unknown)
    assert load(dump(snapshot)) == snapshot
    assert "hunter2" not in dump(snapshot).decode()


def test_two_looks_at_an_unchanged_engine_are_equal_to_the_byte(engine):
    for number in range(5):
        engine.docker("create", "--name", f"c{number}", "-v", "/a", "-v", "/b", "-v", "/c", "bb:1", "sh")

    assert dump(parse(collect(engine.url))) == dump(parse(collect(engine.url)))


def test_an_engine_killed_in_the_middle_of_a_scan_is_unreachable(engine):
    for number in range(4):
        engine.docker("create", "--name", f"c{number}", "bb:1", "sh")

    def kill_after_the_second(stage, done, total):
        if done == 2:
            engine.kill()

    with pytest.raises(Unreachable):
        collect(engine.url, progress=kill_after_the_second)


def test_a_real_engine_is_never_written_to(engine):
    with open_engine(engine.url) as client, pytest.raises(ReadOnly):
        client.create_container("bb:1", "sh")

    assert engine.docker("ps", "-aq") == ""
