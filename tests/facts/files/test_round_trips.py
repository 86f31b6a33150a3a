"""What a host's files cost in round trips: one for all that is looked at, another only for what the first one names."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from secdash.facts.files import ssh
from secdash.facts.files.wanted import rounds
from tests.engine.own_root import OwnRoot, own_root
from tests.engine.services import SshServer, running_sshd

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def machine() -> Iterator[OwnRoot]:
    with own_root() as machine:
        yield machine


@pytest.fixture(scope="module")
def server(machine: OwnRoot) -> Iterator[SshServer]:
    with running_sshd(within=machine.enter) as server:
        yield server


def round_trips(server: SshServer) -> int:
    class Counting(ssh.SshFiles):
        number = 0

        def _run(self, lines: list[str]) -> object:
            self.number += 1
            return super()._run(lines)

    with Counting(server.endpoint("/var/run/docker.sock"), time.monotonic() + 30) as files:
        seen = rounds(files, files.first({}))
        assert len(seen.entries) > 30
        return files.number


@pytest.mark.parametrize(
    ("settings", "expected"),
    [("{}", 1), ('{"icc": false, "hosts": ["unix:///var/run/docker.sock"]}', 1), ('{"data-root": "/srv/docker"}', 2)],
)
def test_a_second_is_for_places_that_the_hosts_own_settings_name(
    machine: OwnRoot, server: SshServer, settings: str, expected: int
) -> None:
    machine.run(f"rm -rf /etc/docker; mkdir /etc/docker; printf '%s' '{settings}' >/etc/docker/daemon.json")

    assert round_trips(server) == expected
