"""What the checks say of namespaces shared between containers."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import ComposeFix, Drop
from secdash.facts.model import Container
from tests.build import UNSEEN, a_container, a_snapshot
from tests.checks.cases import Case, cases

OTHER = "container:other-id"
BOUND = {"user": "1000", "security_opt": ("no-new-privileges",)}
TRACING = {"pid_mode": OTHER, "cap_add": ("SYS_PTRACE",), "user": "0"}
WITH_APPARMOR = {"engine": {"security_options": ("name=apparmor", "name=seccomp,profile=builtin")}}
NO_APPARMOR = {"engine": {"security_options": ("name=seccomp,profile=builtin",)}}


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
            {"pid_mode": OTHER} | NO_APPARMOR | beside(other(privileged=True)),
            {"pid_mode": OTHER, "apparmor_profile": UNSEEN} | beside(other(privileged=UNSEEN)),
            TRACING | NO_APPARMOR | beside(other()),
            TRACING | NO_APPARMOR | {"ipc_mode": OTHER, "pid_mode": ""} | beside(other(privileged=True)),
            TRACING | WITH_APPARMOR | beside(other(privileged=True)),
            TRACING
            | NO_APPARMOR
            | {"user": "1000", "security_opt": ("no-new-privileges",)}
            | beside(other(privileged=True)),
        ],
        fails=[
            *({fact: OTHER} | beside(other(**{fact: "host"})) for fact in FACTS),
            TRACING | NO_APPARMOR | beside(other(privileged=True)),
            TRACING | WITH_APPARMOR | {"apparmor_profile": "unconfined"} | beside(other(privileged=True)),
            TRACING
            | NO_APPARMOR
            | {"pid_mode": "container:other", "cap_add": ("ALL",)}
            | beside(other(privileged=True)),
            {"network_mode": OTHER}
            | beside(other(network_mode="container:far-id"), a_container(name="far", network_mode="host")),
            {"network_mode": OTHER, "ipc_mode": UNSEEN} | beside(other(network_mode="host")),
        ],
        unknown=[
            *({fact: UNSEEN} for fact in FACTS),
            {"network_mode": OTHER},
            {"containers": UNSEEN, "pid_mode": OTHER},
            {"network_mode": OTHER} | beside(other(network_mode=UNSEEN)),
            {"pid_mode": OTHER, "cap_add": UNSEEN} | beside(other(privileged=True)),
            TRACING | NO_APPARMOR | beside(other(privileged=UNSEEN)),
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
    facts = TRACING | NO_APPARMOR | {"network_mode": "none"} | beside(other(privileged=True, pid_mode="host"))
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
    snapshot = a_snapshot(containers=(web, other(pid_mode="host")))
    assert CATALOGUE["joins-powerful-container"].judge(web, snapshot).status == "fail"
