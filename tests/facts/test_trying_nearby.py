"""Trying sockets of this machine, and proxies that only let read: what fails is said word for word."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from secdash.environment import BASE
from secdash.facts.answers import Failure
from secdash.facts.collect import collect
from secdash.facts.files.reading import ARCHIVE, Way, with_files
from secdash.facts.model import Unknown
from secdash.facts.parse import parse
from tests.engine.ports import proxied_for_reading
from tests.engine.replaying_server import recorded_routes, replaying
from tests.facts.steps import failed_step

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("transport")]

# --- a socket of this machine --------------------------------------------------------------------------------------

NOWHERE = "There is no {path}. Check the path, and that Docker is installed there."
NO_SOCKET = "{path} is not a socket. Give the path of the Engine's socket."
LEFT = "Nobody listens on {path}. Start the Docker daemon on this host."
DENIED = "secdash may not open {path}. Let the user that secdash runs as read and write this socket."


def test_a_socket_here_that_does_not_open(tmp_path):
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(tmp_path / "left"))
    (tmp_path / "file").touch()

    for name, sentence in {"none": NOWHERE, "none/docker.sock": NOWHERE, "file": NO_SOCKET, "left": LEFT}.items():
        step, message = failed_step(str(tmp_path / name))
        assert (step, str(message)) == ("socket", sentence.format(path=tmp_path / name))


def test_a_socket_here_that_we_may_not_open():
    """A process of nobody tries."""
    with replaying(recorded_routes()) as engine:
        path = Path(engine.url.removeprefix("unix://"))
        path.parent.chmod(0o755)
        path.chmod(0o600)
        said = as_nobody(str(path))

    assert said == DENIED.format(path=path)


def as_nobody(socket_path):
    code = f"from secdash.facts.trying import try_connection as t; print(t({socket_path!r}).steps[1].message)"
    done = subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-c", code],
        cwd=BASE, capture_output=True, text=True, check=False,
    )  # fmt: skip

    return done.stdout.strip() or done.stderr


# --- a proxy that only lets read -----------------------------------------------------------------------------------


def test_a_proxy_that_does_not_let_the_version_through(dockerd):
    with proxied_for_reading(dockerd.socket, denied="/(version|_ping)") as port:
        name, message = failed_step(f"tcp://127.0.0.1:{port}")

    assert name == "api"
    assert str(message) == "The Engine refused with status 403."


def test_a_proxy_that_does_not_let_containers_through_leaves_them_unknown(dockerd):
    with proxied_for_reading(dockerd.socket, denied="/containers") as port:
        found = parse(collect(f"tcp://127.0.0.1:{port}")).containers

    assert isinstance(found, Unknown)
    assert str(found.why) == "The Engine refused with status 403."


def test_behind_such_a_proxy_no_container_is_created_to_read_files(dockerd):
    with proxied_for_reading(dockerd.socket) as port:
        url = f"tcp://127.0.0.1:{port}"
        files = with_files(collect(url), url, Way(ARCHIVE, owner="test")).files

    assert isinstance(files, Failure)
    assert str(files.why) == (
        "No container could be created to read the files of the host: The Engine refused with status 403."
    )
