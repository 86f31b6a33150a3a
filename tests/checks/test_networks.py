"""What the checks say of published ports and the default bridge."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import ComposeFix, Include
from secdash.facts.model import Port
from tests.build import UNSEEN, a_container
from tests.checks.cases import Case, cases


def port(address: str, host_port: str = "8080", container_port: int = 80, protocol: str = "tcp") -> Port:
    return Port(container_port, protocol, address, host_port)


EVERY_IPV4 = "0.0.0.0"  # noqa: S104 - a fact, never bound to
ON_HOST = {"network_mode": "host", "ports": ()}

CASES: tuple[Case, ...] = (
    *cases(
        "published-on-all-interfaces",
        passes=[{}, {"ports": ()}, {"ports": (port("192.0.2.7"), port("::1"), port("2001:db8::7"))}],
        fails=[{"ports": (port("127.0.0.1"), port(address))} for address in ("", EVERY_IPV4, "::")]
        + [{"ports": (port(""),), "state": "exited", "processes": ()}],
        unknown=[{"ports": UNSEEN}, {"ports": (), "network_mode": UNSEEN}],
        not_applicable=[ON_HOST],
    ),
    *cases(
        "privileged-port-published",
        passes=[{}, {"ports": (port("", "1024"), port("", ""), port("", "0"))}],
        fails=[*({"ports": (port("::", low),)} for low in ("1", "443")), {"ports": (port("127.0.0.1", "1023-1030"),)}],
        unknown=[{"ports": UNSEEN}],
        not_applicable=[ON_HOST],
    ),
    *cases(
        "all-ports-published",
        passes=[{}],
        fails=[{"publish_all": True}, ON_HOST | {"publish_all": True}],
        unknown=[{"publish_all": UNSEEN}],
        not_applicable=[ON_HOST],
    ),
    *cases(
        "default-bridge",
        passes=[{}, {"network_mode": "none"}, {"network_mode": "shop", "engine": {"podman": True}}],
        fails=[{"network_mode": "default"}, {"network_mode": "bridge"}],
        unknown=[{"network_mode": UNSEEN}, {"network_mode": "bridge", "engine": {"podman": True}}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_moves_exactly_the_open_ports_to_loopback() -> None:
    container = a_container(
        ports=(
            port("127.0.0.1", "9000", 9000),
            port(EVERY_IPV4, "8080"),
            port("::", "8080"),
            port("", "5353", 53, "udp"),
            port("::", "", 443),
        )
    )
    fix = CATALOGUE["published-on-all-interfaces"].fix(container)
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (
        Include("ports", "127.0.0.1:8080:80", ("0.0.0.0:8080:80", "[::]:8080:80")),
        Include("ports", "127.0.0.1:5353:53/udp", ("5353:53/udp",)),
        Include("ports", "127.0.0.1::443", ("[::]::443",)),
    )
