"""On a real Engine: where a container writes is seen, and its hardened self can still write there, and only there."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.outcome import Status
from secdash.checks.remedy import LIKELY, ComposeFix
from secdash.facts.collect import collect
from secdash.facts.model import Container, Snapshot, known
from secdash.facts.parse import parse
from secdash.fixes import render
from tests.engine.dockerd import Dockerd, DockerFailed

pytestmark = pytest.mark.engine
WRITES = "mkdir -p /srv/app/data; echo 1 > /srv/app/data/rows; echo 1 > /tmp/x; exec sleep 600"


@pytest.fixture
def writer(dockerd: Dockerd) -> Iterator[Dockerd]:
    dockerd.docker("run", "--detach", "--name", "writer", "bb:1", "sh", "-c", WRITES)
    dockerd.docker("exec", "writer", "sh", "-c", "until [ -e /tmp/x ]; do :; done")
    yield dockerd
    dockerd.docker("rm", "--force", "--volumes", "writer")
    if "writer-net" in dockerd.docker("network", "ls", "--format", "{{.Name}}"):
        dockerd.docker("network", "rm", "writer-net")


def seen(engine: Dockerd) -> tuple[Container, Snapshot]:
    snapshot = parse(collect(engine.url))
    return next(each for each in known(snapshot.containers) if each.name == "writer"), snapshot


def test_a_read_only_root_leaves_it_the_places_it_needs(writer: Dockerd) -> None:
    container, snapshot = seen(writer)
    assert container.written == ("/srv/app/data", "/tmp")
    fix = CATALOGUE["writable-root-filesystem"].fix(container)
    assert isinstance(fix, ComposeFix)
    assert fix.certainty is LIKELY
    rendered = render(fix, container, snapshot)
    writer.docker("rm", "--force", "writer")

    for line in (rendered.run_after or "").replace("\\\n", " ").splitlines():
        writer.docker(*shlex.split(line)[1:])

    writer.docker("exec", "writer", "sh", "-c", "until [ -e /tmp/x ]; do :; done; test -s /srv/app/data/rows")
    with pytest.raises(DockerFailed, match="Read-only file system"):
        writer.docker("exec", "writer", "touch", "/bin/tool")
    assert CATALOGUE["writable-root-filesystem"].judge(*seen(writer)).status is Status.PASS


def test_a_program_added_by_hand_is_found_and_gone_when_created_anew(writer: Dockerd) -> None:
    check = CATALOGUE["programs-changed"]
    assert check.judge(*seen(writer)).status is Status.PASS

    writer.docker("exec", "writer", "cp", "/bin/busybox", "/bin/tool")

    said = check.judge(*seen(writer))
    assert (said.status, dict(said.evidence)) == (Status.FAIL, {"changes": ["/bin/tool"]})

    writer.docker("rm", "--force", "writer")
    writer.docker("run", "--detach", "--name", "writer", "bb:1", "sh", "-c", WRITES)

    assert check.judge(*seen(writer)).status is Status.PASS
