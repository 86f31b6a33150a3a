"""What the checks say of namespaces shared between containers."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import ComposeFix, Drop
from secdash.facts.model import Container
from tests.build import UNSEEN, a_container, a_snapshot
from tests.checks.cases import Case, cases

OTHER = "container:other-id"


def beside(*others: Container) -> dict[str, object]:
    return {"containers": others}


def other(**facts: object) -> Container:
    return a_container(name="other", **facts)


FACTS = ("network_mode", "pid_mode", "ipc_mode")

CASES: tuple[Case, ...] = (
    *cases(
        "joins-powerful-container",
        passes=[
            {},
            {"network_mode": "host"},
            *({fact: OTHER} | beside(other()) for fact in FACTS),
            {"network_mode": OTHER} | beside(other(privileged=True, pid_mode="host", ipc_mode="host")),
            {"ipc_mode": OTHER} | beside(other(privileged=True, pid_mode="host", network_mode="host")),
            {"pid_mode": OTHER} | beside(other(network_mode="host", ipc_mode="host")),
        ],
        fails=[
            *({fact: OTHER} | beside(other(**{fact: "host"})) for fact in FACTS),
            {"pid_mode": OTHER} | beside(other(privileged=True)),
            {"pid_mode": "container:other"} | beside(other(privileged=True)),
            {"network_mode": OTHER}
            | beside(other(network_mode="container:far-id"), a_container(name="far", network_mode="host")),
            {"network_mode": OTHER, "ipc_mode": UNSEEN} | beside(other(network_mode="host")),
        ],
        unknown=[
            *({fact: UNSEEN} for fact in FACTS),
            {"network_mode": OTHER},
            {"containers": UNSEEN, "pid_mode": OTHER},
            {"network_mode": OTHER} | beside(other(network_mode=UNSEEN)),
            {"pid_mode": OTHER} | beside(other(privileged=UNSEEN)),
            {"network_mode": OTHER} | beside(other(network_mode="container:other-id")),
            {"network_mode": OTHER} | beside(other(network_mode="container:web-id"), a_container()),
        ],
    ),
    *cases(
        "shareable-ipc",
        passes=[{}, {"ipc_mode": "none"}, {"ipc_mode": ""}],
        fails=[{"ipc_mode": "shareable"}],
        unknown=[{"ipc_mode": UNSEEN}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_names_the_neighbour_and_its_powers() -> None:
    facts = {"pid_mode": OTHER, "network_mode": "none"} | beside(other(privileged=True, pid_mode="host"))
    outcome = Case("joins-powerful-container", "fail", facts).judged()
    assert dict(outcome.evidence) == {
        "HostConfig.NetworkMode": "none",
        "HostConfig.PidMode": OTHER,
        "HostConfig.IpcMode": "private",
        "other, HostConfig.PidMode": "host",
        "other, HostConfig.Privileged": True,
    }
    assert "other, HostConfig.PidMode" in str(outcome.reason)


def test_leaves_every_namespace_that_it_joined() -> None:
    fix = CATALOGUE["joins-powerful-container"].fix(a_container(pid_mode=OTHER, network_mode=OTHER))
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (Drop("network_mode"), Drop("pid"))


def test_is_judged_among_its_neighbours() -> None:
    web = a_container(pid_mode=OTHER)
    snapshot = a_snapshot(containers=(web, other(privileged=True)))
    assert CATALOGUE["joins-powerful-container"].judge(web, snapshot).status == "fail"
