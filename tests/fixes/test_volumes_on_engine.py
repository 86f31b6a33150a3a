"""The proof for volumes: one that opens a path of the host is made on a real Engine, then removed as its fix says."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.outcome import Status
from secdash.checks.remedy import CommandFix
from secdash.facts.collect import collect
from secdash.facts.model import Snapshot, Volume, known
from secdash.facts.parse import parse
from tests.engine.dockerd import Dockerd

pytestmark = pytest.mark.engine


def test_a_volume_that_opens_a_path_of_the_host_is_removed(dockerd: Dockerd) -> None:
    check = CATALOGUE["volume-binds-host-path"]
    dockerd.docker("volume", "create", "-o", "type=none", "-o", "o=bind", "-o", "device=/etc", "innocent")
    try:
        now = parse(collect(dockerd.url))
        volume = _volume(now, "innocent")
        assert check.judge(volume, now).status is Status.FAIL
        dockerd.docker("create", "--name", "user", "-v", "innocent:/x", "bb:1")
        assert check.judge(volume, parse(collect(dockerd.url))).status is Status.NOT_APPLICABLE
        dockerd.docker("rm", "user")
        fix = check.fix(volume)
        assert isinstance(fix, CommandFix)

        dockerd.docker(*fix.lines[0].split()[1:])

        assert "innocent" not in {one.name for one in known(parse(collect(dockerd.url)).volumes)}
    finally:
        dockerd.docker("rm", "--force", "user")
        dockerd.docker("volume", "rm", "--force", "innocent")


def _volume(now: Snapshot, name: str) -> Volume:
    return next(volume for volume in known(now.volumes) if volume.name == name)
