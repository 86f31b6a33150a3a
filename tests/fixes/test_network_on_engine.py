"""The proof on a real Engine: a network made again as the fix says passes, and its containers are on it as before."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import msgspec
import pytest

from secdash.checks import CATALOGUE
from secdash.checks.outcome import Status
from secdash.checks.remedy import NetworkFix
from secdash.facts.model import Network, Snapshot, known
from secdash.fixes import render
from tests.engine.dockerd import Dockerd
from tests.fixes import on_engine

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("networks")]

BRIDGE = "com.docker.network.bridge."
ICC = f"{BRIDGE}enable_icc=false"
# What makes a network fail the check, as an option of its driver.
FAILING = {
    "unpublished-ports-open": f"{BRIDGE}gateway_mode_ipv4=nat-unprotected",
    "trusted-host-interfaces": f"{BRIDGE}trusted_host_interfaces=eth0:wg0",
}
SETTINGS = (
    *("--subnet", "10.98.0.0/24", "--gateway", "10.98.0.9", "--ip-range", "10.98.0.128/25"),
    *("--aux-address", "router=10.98.0.2", "--attachable", "--label", "team=shop", "--opt", ICC),
)


@pytest.fixture
def engine(dockerd: Dockerd) -> Iterator[Dockerd]:
    yield dockerd
    on_engine.remove(dockerd, "on", "also", "off")
    dockerd.docker("network", "rm", "shop")


def the_network(engine: Dockerd) -> tuple[Network, Snapshot]:
    now = on_engine.snapshot(engine)
    return next(network for network in known(now.networks) if network.name == "shop"), now


def place_of(engine: Dockerd, container: str) -> tuple[str, set[str]]:
    end = engine.get(f"/containers/{container}/json")["NetworkSettings"]["Networks"]["shop"]
    return end["IPAddress"], set(end["Aliases"])


def test_every_fix_of_a_network_is_proved_here() -> None:
    fixable = {name for name, entry in CATALOGUE.items() if entry.kind == "network" and entry.fixable}
    elsewhere = {"ipv6-unfiltered", "overlay-not-encrypted"}  # in the daemon; in test_services_on_engine

    assert fixable - elsewhere == set(FAILING)


@pytest.mark.parametrize("name", FAILING)
def test_the_network_made_again_passes_and_nobody_notices(engine: Dockerd, name: str) -> None:
    engine.docker("network", "create", *SETTINGS, "--opt", FAILING[name], "shop")
    fixed = ("--network", "shop", "--ip", "10.98.0.30", "--network-alias", "db")
    engine.docker("run", "--detach", "--name", "on", *fixed, "bb:1", "sleep", "600")
    engine.docker("run", "--detach", "--name", "also", "--network", "shop", "bb:1", "sleep", "600")
    engine.docker("create", "--name", "off", "--network", "shop", "bb:1", "sleep", "600")
    before, now = the_network(engine)
    place = place_of(engine, "on")
    assert CATALOGUE[name].judge(before, now).status is Status.FAIL
    fix = CATALOGUE[name].fix(before)
    assert isinstance(fix, NetworkFix)

    rendered = render(fix, before, now)
    for line in rendered.commands:
        engine.docker(*shlex.split(line.replace("\\\n", ""))[1:])

    after, then = the_network(engine)
    assert CATALOGUE[name].judge(after, then).status is Status.PASS
    assert dict(known(after.options)) == dict([ICC.split("=")])
    assert after == msgspec.structs.replace(before, id=after.id, options=after.options, containers=before.containers)
    assert place_of(engine, "on")[0] == place[0]
    assert place_of(engine, "on")[1] >= {"db"}
    engine.docker("start", "off")
    assert "10.98.0." in place_of(engine, "off")[0]
    assert rendered.notes
