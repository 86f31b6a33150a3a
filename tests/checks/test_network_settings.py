"""What the checks say of networks."""

from __future__ import annotations

from typing import Any

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import Drop, NetworkFix
from secdash.facts.model import Container
from tests.build import UNSEEN, a_container, a_host, a_network
from tests.checks.cases import Case, cases
from tests.checks.test_reach import set_to

BRIDGE = "com.docker.network.bridge."
V4, V6 = f"{BRIDGE}gateway_mode_ipv4", f"{BRIDGE}gateway_mode_ipv6"
TRUSTED, ICC = f"{BRIDGE}trusted_host_interfaces", f"{BRIDGE}enable_icc"
ON_ETH0 = {"options": (("parent", "eth0"),)}
WITH_V6 = {"ipv6": True}
TRUSTING = {"options": ((TRUSTED, "eth0:wg0"),)}
OPEN_V4 = {"options": ((V4, "nat-unprotected"),)}
ROOTFUL = {"security_options": ("name=apparmor",)}
ON_HOST = {"engine": ROOTFUL}
DESKTOP = {"engine": ROOTFUL | {"os": "Docker Desktop"}}


def on(version: str) -> dict[str, Any]:
    return {"engine": ROOTFUL | {"version": version}}


def of_project(name: str, project: str = "") -> Container:
    labels = (("com.docker.compose.project", project),) if project else ()
    return a_container(name=name, labels=labels)


def shared(*projects: str, **facts: Any) -> dict[str, Any]:
    """The network `edge` with a container of each, and one of another project that is not on it."""
    there = tuple(of_project(f"c{n}", project) for n, project in enumerate(projects))
    network = {"name": "edge", "options": (), "attached": tuple(each.id for each in there)}
    return network | {"containers": (*there, of_project("elsewhere", "other"))} | facts


CASES: tuple[Case, ...] = (
    *cases(
        "unpublished-ports-open",
        passes=[
            {},
            {"options": ((V4, "nat"),)},
            {"options": ((V4, "routed"), (V6, "isolated")), "ipv6": True},
            {"options": ((V6, "nat-unprotected"),)},
        ],
        fails=[
            OPEN_V4 | ON_HOST,
            OPEN_V4 | {"engine": ON_HOST["engine"] | {"os": "Ubuntu 24.04.3 LTS"}},
            {"options": ((V4, "nat"), (V6, "nat-unprotected")), "ipv6": True} | ON_HOST,
        ],
        unknown=[
            {"options": UNSEEN},
            {"driver": UNSEEN},
            {"ipv6": UNSEEN},
            OPEN_V4 | {"engine": {"security_options": UNSEEN}},
            OPEN_V4 | {"engine": ROOTFUL | {"os": UNSEEN}},
        ],
        not_applicable=[{"driver": "host"}, {"driver": "macvlan"}, OPEN_V4, OPEN_V4 | DESKTOP],
    ),
    *cases(
        "trusted-host-interfaces",
        passes=[{}, {"options": ((TRUSTED, ""),)}],
        fails=[TRUSTING | ON_HOST],
        unknown=[{"options": UNSEEN}, {"driver": UNSEEN}],
        not_applicable=[{"driver": "null"}, TRUSTING, TRUSTING | DESKTOP],
    ),
    *cases(
        "network-on-the-lan",
        passes=[
            {},
            ON_ETH0,
            {"driver": "macvlan", "internal": True, **ON_ETH0},
            {"driver": "macvlan", "options": ()},
            {"driver": "macvlan", "options": (), "internal": True, "engine": {"podman": True}},
        ],
        fails=[
            {"driver": "macvlan", **ON_ETH0} | ON_HOST,
            {"driver": "ipvlan", **ON_ETH0} | ON_HOST,
            {"driver": "ipvlan", "options": (), "engine": ROOTFUL | {"podman": True}},
        ],
        unknown=[
            {"driver": UNSEEN},
            {"driver": "macvlan", "internal": UNSEEN},
            {"driver": "macvlan", "options": UNSEEN},
        ],
        not_applicable=[{"driver": "macvlan", **ON_ETH0}, {"driver": "macvlan", **ON_ETH0} | DESKTOP],
    ),
    *cases(
        "ipv6-unfiltered",
        passes=[
            WITH_V6,
            WITH_V6 | {"engine": {"version": "27.0.1"}},
            WITH_V6 | {"host": set_to(True, "ip6tables")},
            WITH_V6 | {"host": set_to(True, "ip6tables"), "engine": {"version": "26.1.5"}},
        ],
        fails=[
            WITH_V6 | on("26.1.5"),
            WITH_V6 | on("29.0.0") | {"host": set_to(False, "ip6tables")},
            WITH_V6 | on("20.10.24") | {"host": set_to(False, "ip6tables")},
        ],
        unknown=[
            {"ipv6": UNSEEN},
            {"driver": UNSEEN},
            WITH_V6 | {"host": UNSEEN},
            WITH_V6 | {"host": a_host(daemon=UNSEEN)},
            WITH_V6 | {"engine": {"version": UNSEEN}},
            WITH_V6 | {"engine": {"version": "library-import"}},
        ],
        not_applicable=[
            {},
            WITH_V6 | {"driver": "macvlan"},
            WITH_V6 | {"engine": {"podman": True}},
            WITH_V6 | {"host": set_to(False, "ip6tables")},
            WITH_V6 | {"host": set_to(False, "ip6tables")} | DESKTOP,
        ],
    ),
    *cases(
        "projects-share-network",
        passes=[
            shared(),
            shared("shop", "shop", "proxy", ""),
            shared("a", "b", "c", options=((ICC, "false"),)),
        ],
        fails=[shared("a", "b", "c"), shared("a", "b", "c", driver="overlay"), shared("a", "b", "c", internal=True)],
        unknown=[
            shared(attached=UNSEEN),
            shared(containers=UNSEEN),
            shared(options=UNSEEN),
            shared(driver=UNSEEN),
            {
                "name": "edge",
                "options": (),
                "attached": ("c-id",),
                "containers": (a_container(name="c", labels=UNSEEN),),
            },
        ],
        not_applicable=[
            {},
            shared("a", "b", "c", name="bridge"),
            shared("a", "b", "c", driver="host"),
            shared(driver="null"),
        ],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_takes_out_exactly_the_options_that_open_it() -> None:
    opened = a_network(options=((V4, "nat-unprotected"), (V6, "nat-unprotected")))
    fix = CATALOGUE["unpublished-ports-open"].fix
    found = fix(opened)
    assert isinstance(found, NetworkFix)
    assert found.changes == (Drop(V4),)
    both = fix(a_network(options=((V4, "nat-unprotected"), (V6, "nat-unprotected")), ipv6=True))
    assert isinstance(both, NetworkFix)
    assert both.changes == (Drop(V4), Drop(V6))


def test_shows_both_modes_where_neither_opens_anything() -> None:
    said = Case("unpublished-ports-open", "pass", {"options": ((V4, "routed"),)}).judged()
    assert dict(said.evidence) == {f"networks.bridge.Options.{V4}": "routed", f"networks.bridge.Options.{V6}": ""}


def test_shows_the_setting_that_leaves_ipv6_open() -> None:
    said = Case("ipv6-unfiltered", "fail", WITH_V6 | on("29.0.0") | {"host": set_to(False, "ip6tables")}).judged()
    assert dict(said.evidence) == {"networks.bridge.EnableIPv6": True, "daemon.json, ip6tables": False}


def test_shows_the_option_and_who_shares() -> None:
    said = Case("unpublished-ports-open", "fail", OPEN_V4 | ON_HOST | {"name": "shop"}).judged()
    assert dict(said.evidence) == {f"networks.shop.Options.{V4}": "nat-unprotected"}
    said = Case("projects-share-network", "fail", shared("c", "a", "b", "a")).judged()
    assert dict(said.evidence) == {"networks.edge.Containers": ["a", "b", "c"]}
    assert "a, b, c" in str(said.reason)
