"""What the checks say of namespaces shared with the host."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import ComposeFix, Drop
from tests.build import UNSEEN, a_container
from tests.checks.cases import Case, cases

REMAPPED = {"security_options": ("name=seccomp,profile=builtin", "name=userns")}
OTHER = "container:4f2a"

CASES: tuple[Case, ...] = (
    *cases(
        "host-network",
        passes=[{}, {"network_mode": "none"}, {"network_mode": OTHER}],
        fails=[{"network_mode": "host"}],
        unknown=[{"network_mode": UNSEEN}],
    ),
    *cases(
        "host-pid",
        passes=[{}, {"pid_mode": OTHER}, {"pid_mode": "private"}],
        fails=[{"pid_mode": "host"}],
        unknown=[{"pid_mode": UNSEEN}],
    ),
    *cases(
        "host-ipc",
        passes=[{}, {"ipc_mode": "shareable"}, {"ipc_mode": OTHER}],
        fails=[{"ipc_mode": "host"}],
        unknown=[{"ipc_mode": UNSEEN}],
    ),
    *cases(
        "host-uts",
        passes=[{}, {"uts_mode": "private"}],
        fails=[{"uts_mode": "host"}],
        unknown=[{"uts_mode": UNSEEN}],
    ),
    *cases(
        "host-user-namespace",
        passes=[{"engine": REMAPPED}, {"engine": REMAPPED, "userns_mode": "private"}],
        fails=[{"engine": REMAPPED, "userns_mode": "host"}],
        unknown=[{"engine": REMAPPED, "userns_mode": UNSEEN}, {"engine": {"security_options": UNSEEN}}],
        not_applicable=[{}, {"userns_mode": "host"}],
    ),
    *cases(
        "custom-cgroup-parent",
        passes=[{}],
        fails=[{"cgroup_parent": "/batch"}],
        unknown=[{"cgroup_parent": UNSEEN}],
    ),
    *cases(
        "host-cgroup-namespace",
        passes=[
            {},
            {"engine": {"cgroup_version": UNSEEN}},
            *({"cgroupns_mode": mode, "engine": {"cgroup_version": "1"}} for mode in ("", "private")),
        ],
        fails=[{"cgroupns_mode": "host"}],
        unknown=[{"cgroupns_mode": UNSEEN}, {"cgroupns_mode": "host", "engine": {"cgroup_version": UNSEEN}}],
        not_applicable=[{"cgroupns_mode": "host", "engine": {"cgroup_version": "1"}}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


@pytest.mark.parametrize(
    ("check", "key"),
    [
        ("host-network", "network_mode"),
        ("host-pid", "pid"),
        ("host-ipc", "ipc"),
        ("host-uts", "uts"),
        ("host-user-namespace", "userns_mode"),
        ("custom-cgroup-parent", "cgroup_parent"),
    ],
)
def test_removes_the_compose_key(check: str, key: str) -> None:
    fix = CATALOGUE[check].fix(a_container())
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (Drop(key),)
