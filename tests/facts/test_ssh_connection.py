"""What goes through a connection over SSH ends with it, whenever that is."""

from __future__ import annotations

from pathlib import Path

import pytest

from secdash.facts.location import locate
from secdash.facts.ssh import SshConnection

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("transport")]


def open_files():
    return set(Path("/proc/self/fd").iterdir())


def test_nothing_is_left_open_of_a_connection_that_ends_while_what_went_through_it_does(sshd, dockerd):
    path = str(dockerd.socket)
    endpoint = sshd.endpoint(path)
    before = open_files()

    for _ in range(30):
        connection = SshConnection(locate(endpoint.url), endpoint.identity, 5)
        connection.socket_to(path, 5).close()
        connection.close()

    assert open_files() - before == set()
