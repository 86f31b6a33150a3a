"""What the checks say of the kernel and the machine below an Engine, and of its own warnings."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import CommandFix
from tests.build import UNSEEN, a_container, a_snapshot, an_engine
from tests.checks.cases import Case, cases

DESKTOP = {"os": "Docker Desktop"}
ENHANCED = a_container(runtime="sysbox-runc")
PLAIN = ("runc", "youki")
NO_LSM = ("name=seccomp,profile=builtin", "name=cgroupns")
ELSEWHERE = (
    "WARNING: API is accessible on http://0.0.0.0:2375 without encryption.",
    "WARNING: Support for cgroup v1 is deprecated and planned to be removed by no later than May 2029",
    "\nWARNING: The aufs storage-driver is deprecated, and will be removed in a future release.",
    "WARNING: DOCKER_INSECURE_NO_IPTABLES_RAW is set",
    "WARNING: daemon is not using the default seccomp profile",
)

CASES: tuple[Case, ...] = (
    *cases(
        "cgroup-v1",
        passes=[{}],
        fails=[{"cgroup_version": "1"}, {"cgroup_version": "1", "podman": True}],
        unknown=[{"cgroup_version": UNSEEN}, {"os_type": UNSEEN}],
        not_applicable=[{"os_type": "windows", "cgroup_version": UNSEEN}],
    ),
    *cases(
        "no-mandatory-access-control",
        passes=[{}, {"security_options": ("name=apparmor",)}, {"security_options": ("name=selinux", "name=rootless")}],
        fails=[{"security_options": NO_LSM}, {"security_options": ()}, {"security_options": NO_LSM} | DESKTOP],
        unknown=[{"security_options": UNSEEN}, {"os_type": UNSEEN}],
        not_applicable=[{"security_options": (*NO_LSM, "name=rootless")}, {"os_type": "windows"}],
    ),
    *cases(
        "daemon-warnings",
        passes=[{}, *({"warnings": (line,)} for line in ELSEWHERE)],
        fails=[{"warnings": (*ELSEWHERE, "WARNING: No swap limit support")}, {"warnings": ("anything",)}],
        unknown=[{"warnings": UNSEEN}],
        not_applicable=[{"podman": True}],
    ),
    *cases(
        "enhanced-isolation-off",
        passes=[DESKTOP | {"containers": (ENHANCED,)}],
        fails=[DESKTOP, *(DESKTOP | {"containers": (ENHANCED, a_container(name="old", runtime=own))} for own in PLAIN)],
        unknown=[
            {"os": UNSEEN},
            DESKTOP | {"containers": ()},
            DESKTOP | {"containers": UNSEEN},
            DESKTOP | {"containers": (a_container(runtime=UNSEEN),)},
        ],
        not_applicable=[{}, {"containers": ()}, {"os": "Ubuntu 24.04.3 LTS"}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_shows_each_warning_that_nobody_else_reports() -> None:
    lines = ("WARNING: No swap limit support", "WARNING: bridge-nf-call-iptables is disabled.\n more", *ELSEWHERE)
    said = CATALOGUE["daemon-warnings"].judge(an_engine(warnings=lines), a_snapshot())
    assert str(said.reason) == "The Engine says of itself: No swap limit support; bridge-nf-call-iptables is disabled."
    assert dict(said.evidence) == {"info.Warnings": list(lines[:2])}


def test_names_the_containers_without_enhanced_isolation() -> None:
    case = Case("enhanced-isolation-off", "fail", DESKTOP | {"containers": (ENHANCED, a_container(name="old"))})
    assert list(dict(case.judged().evidence).values()) == [["old"]]


def test_the_machine_of_docker_desktop_is_nobodys_to_change() -> None:
    fix = CATALOGUE["no-mandatory-access-control"].fix
    assert fix(an_engine(**DESKTOP)) is None
    found = fix(an_engine(os="Ubuntu 24.04.3 LTS"))
    assert isinstance(found, CommandFix)
    assert "apparmor" in found.lines[0]
