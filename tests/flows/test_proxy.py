"""The GET-only proxy of docker-compose.yml, as it is configured, between a real Engine and a scan."""

from __future__ import annotations

import http.client
import socket

import pytest

from secdash.environment import BASE
from secdash.facts.collect import collect
from secdash.facts.endpoint import Endpoint
from secdash.facts.model import Unknown
from secdash.facts.parse import parse
from tests.engine import parts
from tests.facts.test_stream import first_event, tells_of_it

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("proxy")]


class OverSocket(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=10)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


@pytest.fixture(scope="module")
def proxied(dockerd, tmp_path_factory):
    """The path of the proxy's socket; its configuration is the shipped one, with the two paths of this machine."""
    parts.require_programs("haproxy")
    folder = tmp_path_factory.mktemp("proxy")
    shipped = (BASE / "deploy" / "haproxy.cfg").read_text(encoding="utf-8")
    here = shipped.replace("/engine/docker.sock", f"{folder}/e.sock").replace(
        "/var/run/docker.sock", str(dockerd.socket)
    )
    (folder / "haproxy.cfg").write_text(here.replace(" gid 10001", ""))
    dockerd.docker("run", "--detach", "--name", "kept", "bb:1", "sleep", "600")
    process = parts.start(["haproxy", "-db", "-f", str(folder / "haproxy.cfg")])
    try:
        assert parts.wait_until((folder / "e.sock").exists, process)
        yield folder / "e.sock"
    finally:
        parts.stop(process)
        dockerd.docker("rm", "--force", "kept")


def status(path, method, address):
    connection = OverSocket(path)
    try:
        connection.request(method, address, headers={"Content-Type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_scan_sees_the_same_host_through_it(proxied, dockerd):
    through, direct = parse(collect(f"unix://{proxied}")), parse(collect(dockerd.url))

    assert through == direct
    assert not isinstance(through.containers, Unknown)


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("POST", "/containers/create"),
        ("POST", "/v1.41/containers/kept/exec"),
        ("POST", "/containers/kept/stop"),
        ("DELETE", "/containers/kept?force=1"),
        ("PUT", "/containers/kept/archive?path=/"),
        ("PATCH", "/info"),
        ("GET", "/containers/kept/archive?path=/etc"),
        ("GET", "/v1.41/containers/kept/logs?stdout=1"),
        ("GET", "/containers/kept/export"),
        ("GET", "/images/bb:1/get"),
        ("GET", "/swarm"),
        ("GET", "/v1.41/secrets/abc"),
        ("GET", "/configs"),
    ],
)
def test_it_refuses_everything_a_scan_does_not_ask(proxied, dockerd, method, address):
    assert status(proxied, method, address) == 403
    assert "kept" in dockerd.docker("ps", "--format", "{{.Names}}")


def test_what_is_watched_tells_its_events_through_it(proxied, dockerd):
    assert tells_of_it(first_event(Endpoint(f"unix://{proxied}"), dockerd))


def test_it_answers_what_a_scan_asks(proxied):
    assert status(proxied, "GET", "/v1.41/containers/json?all=1") == 200
    assert status(proxied, "HEAD", "/_ping") == 200
