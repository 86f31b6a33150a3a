"""The card of the read-only proxy: written, started and asked as it says, by a real Compose on a real Engine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from secdash.environment import BASE
from secdash.fleet.onboarding import cards, proxy
from tests.engine import parts
from tests.engine.dockerd import Dockerd, running_dockerd, search_path
from tests.engine.programs import rootfs_of

RULES = (BASE / "deploy" / "haproxy.cfg").read_text(encoding="utf-8")
PORT = 12375  # in a network of the Engine's own
# A host's own /run with the socket where it usually is, and an /opt where there is nothing yet.
A_HOST = "mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /opt && "
ASKED = f"""
import http.client
from secdash.facts.trying import try_connection
print(try_connection("tcp://127.0.0.1:{PORT}").passed)
for method, path in (("GET", "/version"), ("POST", "/containers/create"), ("GET", "/containers/x/logs")):
    connection = http.client.HTTPConnection("127.0.0.1", {PORT}, timeout=10)
    connection.request(method, path)
    print(connection.getresponse().status)
"""


@pytest.fixture(scope="module")
def host() -> Iterator[Dockerd]:
    parts.require_programs("docker-compose", "haproxy")
    with running_dockerd(before=A_HOST, args=["-H", "unix:///var/run/docker.sock"]) as engine:
        engine.docker("import", "-", proxy.IMAGE, stdin=rootfs_of("haproxy"))
        yield engine


def on(host: Dockerd, *command: str, told: str | None = None) -> str:
    """What this prints that is run on the host."""
    (inside,) = Path(f"/proc/{host.process.pid}/task/{host.process.pid}/children").read_text().split()
    enter = ["nsenter", f"--target={inside}", "--mount", "--net", "--pid", "--"]
    done = subprocess.run(
        [*enter, *command],
        input=told,
        text=True,
        capture_output=True,
        check=False,
        timeout=120,
        env={"PATH": search_path(), "HOME": str(host.folder), "PYTHONPATH": str(BASE)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def commands() -> str:
    card = cards.card_of({"kind": "proxy", "server": "127.0.0.1", "port": str(PORT)})
    return "".join(step.commands for step in card.steps)


@pytest.mark.engine
def test_what_the_card_says_starts_a_proxy_that_lets_reading_through_and_nothing_else(host: Dockerd) -> None:
    on(host, "sh", "-e", told=f"umask 077\n{commands()}")
    on(host, "sh", "-e", told=commands())  # once more, over what is there

    (running,) = host.docker("ps", "--format", "{{.Names}} {{.Status}}").splitlines()
    asked = f"until {sys.executable} -c 'import socket; socket.create_connection((\"127.0.0.1\", {PORT}))'; do :; done"
    on(host, "timeout", "30", "sh", "-c", asked)
    assert "Up" in running
    assert on(host, sys.executable, "-c", ASKED, told="").split() == ["True", "200", "403", "403"]


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], dict[str, Any]]:
    """The one service of the Compose file that the card writes for this server, once Compose has taken it."""
    parts.require_programs("docker-compose")

    def service(server: str) -> dict[str, Any]:
        text = proxy.files(RULES, server, 4243).replace(proxy.FOLDER, str(tmp_path))
        text = text.replace("stat -L -c %g /var/run/docker.sock", "stat -L -c %g /")
        subprocess.run(["sh", "-e"], input=text, text=True, check=True)
        subprocess.run(["docker-compose", "config", "--quiet"], cwd=tmp_path, check=True)
        return yaml.safe_load((tmp_path / "docker-compose.yml").read_text())["services"]["secdash-proxy"]

    return service


@pytest.mark.parametrize(
    ("server", "published"),
    [("192.0.2.7", "192.0.2.7:4243:2375"), ("2001:db8::7", "[2001:db8::7]:4243:2375"), ("web", "127.0.0.1:4243:2375")],
)
def test_the_proxy_is_published_on_the_address_or_on_loopback_and_holds_the_socket_read_only(
    written: Callable[[str], dict[str, Any]], server: str, published: str
) -> None:
    service = written(server)

    assert service["ports"] == [published]
    assert "/var/run/docker.sock:/var/run/docker.sock:ro" in service["volumes"]
    assert (service["read_only"], service["cap_drop"], service["group_add"]) == (True, ["ALL"], ["0"])
