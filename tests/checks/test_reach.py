"""What the checks say of who reaches the API, published ports and container addresses by default."""

from __future__ import annotations

from typing import Any

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import CommandFix, DaemonFix, Drop, Put
from secdash.facts.model import DaemonConfiguration, HostFacts, Listener, Port, Setting
from tests.build import UNSEEN, a_container, a_host, a_network, an_engine
from tests.checks.cases import Case, cases

LOCAL = "WARNING: API is accessible on http://127.0.0.1:2375 without encryption."
LOCAL_V6 = "WARNING: API is accessible on https://[::1]:2376 without TLS client verification."
WIDE = "WARNING: API is accessible on http://0.0.0.0:2375 without encryption."
RAW = "WARNING: DOCKER_INSECURE_NO_IPTABLES_RAW is set"
ON_HOST = a_container(name="agent", network_mode="host", ports=())
IP = Put("ip", "127.0.0.1")
BINDING = "com.docker.network.bridge.host_binding_ipv4"
EVERY_IPV4 = "0.0.0.0"  # noqa: S104 - a fact, never bound to
UNREAD = {"host": UNSEEN}
ROOTFUL = {"security_options": ("name=apparmor",)}


def heard(address: str, port: int = 2375) -> dict[str, Any]:
    return {"host": a_host(listeners=(Listener(address, port), Listener("::", 22)))}


def set_to(value: object, name: str = "allow-direct-routing") -> HostFacts:
    settings = (Setting("debug", True, "daemon.json"), Setting(name, value, "daemon.json"))
    return a_host(daemon=DaemonConfiguration("/etc/docker/daemon.json", "{}", settings))


def bound_to(address: str) -> dict[str, Any]:
    return {"networks": (a_network(name="shop", options=()), a_network(options=((BINDING, address),)))}


CASES: tuple[Case, ...] = (
    *cases(
        "api-reachable-from-containers",
        passes=[
            {},
            heard(EVERY_IPV4, 2376),
            heard("127.0.0.1"),
            heard("127.0.0.1") | {"warnings": (LOCAL,)},
            {"containers": (ON_HOST,)},
            heard(EVERY_IPV4) | {"containers": (a_container(ports=(Port(2375, "tcp", "", "2375"),)),)},
        ],
        fails=[
            heard(EVERY_IPV4),
            heard("::"),
            heard("172.17.0.1") | {"containers": ()},
            heard("127.0.0.1") | {"containers": (a_container(), ON_HOST)},
            {"warnings": (LOCAL,), "containers": (ON_HOST,)} | UNREAD,
            {"warnings": (LOCAL_V6,), "containers": (a_container(), ON_HOST)},
        ],
        unknown=[
            UNREAD,
            {"warnings": UNSEEN},
            {"containers": UNSEEN},
            {"host": a_host(listeners=UNSEEN)},
            {"warnings": (LOCAL,)} | UNREAD,
            {"containers": (a_container(network_mode=UNSEEN),)},
            {"podman": True},
        ],
        not_applicable=[{"warnings": (LOCAL, WIDE), "containers": (ON_HOST,)}],
    ),
    *cases(
        "publishes-everywhere-by-default",
        passes=[{}, bound_to("192.0.2.7")],
        fails=[bound_to(EVERY_IPV4), bound_to("::"), bound_to(""), {"networks": (a_network(options=()),)}],
        unknown=[{"networks": UNSEEN}, {"networks": (a_network(options=UNSEEN),)}],
        not_applicable=[{"networks": (a_network(name="shop"),)}, {"podman": True}],
    ),
    *cases(
        "direct-routing-allowed",
        passes=[{}, {"host": set_to(False)}, {"version": "28.2.0"}, {"version": "library-import"}],
        fails=[
            {"host": set_to(True)} | ROOTFUL,
            {"host": set_to(True), "version": "28.2.0"} | ROOTFUL,
            {"warnings": ("WARNING: No swap limit support", RAW)} | UNREAD | ROOTFUL,
        ],
        unknown=[
            UNREAD,
            {"warnings": UNSEEN},
            {"os": UNSEEN, "warnings": (RAW,)} | ROOTFUL,
            {"version": UNSEEN},
            {"host": a_host(daemon=UNSEEN)},
            {"host": a_host(daemon=DaemonConfiguration("/etc/docker/daemon.json", UNSEEN, UNSEEN))},
        ],
        not_applicable=[
            {"podman": True},
            {"os": "Docker Desktop", "warnings": (RAW,)} | ROOTFUL,
            {"os": "Docker Desktop", "host": set_to(True)} | ROOTFUL,
            {"warnings": (RAW,)},
            {"host": set_to(True)},
            {"version": "28.1.1", "host": set_to(True)} | ROOTFUL,
        ],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_names_who_reaches_the_api() -> None:
    several = tuple(a_container(name=f"agent{n}", network_mode="host", ports=()) for n in range(6))
    said = Case("api-reachable-from-containers", "fail", {"warnings": (LOCAL,), "containers": several}).judged()
    assert str(said.reason).endswith(": agent0, agent1, agent2, agent3, agent4, ….")
    names = [each.name for each in several]
    assert dict(said.evidence) == {"info.Warnings": ["127.0.0.1:2375"], "HostConfig.NetworkMode host": names}
    said = Case("api-reachable-from-containers", "fail", {"warnings": (LOCAL,), "containers": several[:5]}).judged()
    assert str(said.reason).endswith(": agent0, agent1, agent2, agent3, agent4.")


def test_names_where_the_api_answers() -> None:
    said = Case("api-reachable-from-containers", "fail", heard("::")).judged()
    assert "[::]:2375" in str(said.reason)
    assert dict(said.evidence) == {"host, TCP listeners": ["[::]:2375"], "HostConfig.NetworkMode host": []}


def test_shows_what_lets_direct_routes_through() -> None:
    said = Case("direct-routing-allowed", "fail", {"host": set_to(True)} | ROOTFUL).judged()
    assert dict(said.evidence) == {"daemon.json, allow-direct-routing": True}
    said = Case("direct-routing-allowed", "fail", {"warnings": (LOCAL, RAW)} | ROOTFUL).judged()
    assert dict(said.evidence) == {"info.Warnings": [RAW]}


@pytest.mark.parametrize(
    ("version", "changes"),
    [
        ("29.10.0", (IP, Put("default-network-opts", {"bridge": {BINDING: "127.0.0.1"}}))),
        ("24.0.0", (IP, Put("default-network-opts", {"bridge": {BINDING: "127.0.0.1"}}))),
        ("23.0.6", (IP,)),
        (UNSEEN, (IP,)),
        ("library-import", (IP,)),
    ],
)
def test_sets_no_key_that_the_engine_would_refuse(version: object, changes: tuple[Put, ...]) -> None:
    fix = CATALOGUE["publishes-everywhere-by-default"].fix(an_engine(version=version))
    assert isinstance(fix, DaemonFix)
    assert fix.changes == changes


def test_undoes_direct_routing_where_it_was_allowed() -> None:
    fix = CATALOGUE["direct-routing-allowed"].fix
    by_setting, by_variable = fix(an_engine()), fix(an_engine(warnings=(RAW,)))
    assert isinstance(by_setting, DaemonFix)
    assert by_setting.changes == (Drop("allow-direct-routing"),)
    assert isinstance(by_variable, CommandFix)
    assert by_variable.lines == (
        "systemctl cat docker | grep -n -e '^# /' -e DOCKER_INSECURE_NO_IPTABLES_RAW",
        "sudo systemctl edit docker",
        "sudo systemctl restart docker",
    )
