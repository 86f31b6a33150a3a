"""Settings that are defensible alone and lead out together."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import ComposeFix, Exclude
from tests.build import UNSEEN, a_bind, a_container
from tests.checks.cases import Case, cases

NO_APPARMOR = {"security_options": ("name=seccomp,profile=builtin",)}
WITH_APPARMOR = {"security_options": ("name=apparmor", "name=seccomp,profile=builtin")}
V1 = {"cgroup_version": "1"}
ADMIN = {"cap_add": ("SYS_ADMIN",), "user": "0"}
OPEN = {"security_opt": ("seccomp=unconfined", "apparmor=unconfined"), "apparmor_profile": "unconfined"}
MODULE = {"cap_add": ("SYS_MODULE",)}
PTRACE = {"cap_add": ("SYS_PTRACE",), "pid_mode": "host", "user": "root"}
# An ordinary user holds what was added only where a program can make root of it.
ORDINARY = {"cap_add": ("ALL",), "pid_mode": "host", "user": "1000", "engine": NO_APPARMOR}
OF_PODMAN = {"podman": True}
BY_DEFAULT = {"security_options": ("name=seccomp,profile=builtin", "name=no-new-privileges")}
CGROUPS = {"mounts": (a_bind("/sys/fs/cgroup", "/sys/fs/cgroup"),), "user": "0"}

CASES: tuple[Case, ...] = (
    *cases(
        "escape-chain",
        passes=[
            {},
            ADMIN | {"engine": WITH_APPARMOR | V1},
            ADMIN | {"engine": NO_APPARMOR},
            ADMIN | {"engine": NO_APPARMOR, "security_opt": ("seccomp=unconfined", "seccomp={}")},
            OPEN | {"engine": WITH_APPARMOR},
            PTRACE | {"pid_mode": "", "engine": NO_APPARMOR},
            CGROUPS | {"engine": NO_APPARMOR},
            CGROUPS | {"engine": NO_APPARMOR | V1, "user": "1000"},
            CGROUPS | {"engine": NO_APPARMOR | V1, "mounts": (a_bind("/sys/fs/cgroup", read_only=True),)},
            PTRACE,
            PTRACE | {"engine": WITH_APPARMOR},
            PTRACE | {"engine": WITH_APPARMOR, "apparmor_profile": "mine"},
            ADMIN | OPEN,
            MODULE | {"engine": WITH_APPARMOR, "user": "1000"},
            MODULE | {"user": ""},
            ORDINARY,
            ORDINARY | {"security_opt": ("no-new-privileges",)},
            ORDINARY | {"security_opt": ("no-new-privileges=false", "no-new-privileges:true")},
            ORDINARY | {"security_opt": (), "engine": BY_DEFAULT},
        ],
        fails=[
            MODULE | {"engine": WITH_APPARMOR, "user": ""},
            {"cap_add": ("ALL",), "user": "0", "engine": WITH_APPARMOR},
            ADMIN | OPEN | {"engine": WITH_APPARMOR},
            ADMIN | {"engine": NO_APPARMOR | V1},
            ADMIN | {"engine": WITH_APPARMOR | V1, "apparmor_profile": "unconfined"},
            ADMIN | {"engine": WITH_APPARMOR | V1, "security_opt": ("apparmor=unconfined",), "apparmor_profile": ""},
            {"cap_add": ("ALL",), "security_opt": ("seccomp=unconfined",), "engine": NO_APPARMOR},
            PTRACE | {"engine": NO_APPARMOR},
            PTRACE | {"engine": WITH_APPARMOR, "apparmor_profile": "unconfined"},
            PTRACE | {"engine": WITH_APPARMOR, "security_opt": ("apparmor=unconfined",), "apparmor_profile": ""},
            CGROUPS | {"engine": WITH_APPARMOR | V1},
            CGROUPS | {"engine": WITH_APPARMOR | V1, "mounts": (a_bind("/sys"),)},
            PTRACE | {"engine": {"security_options": ("name=userns",)}, "userns_mode": "host"},
            ADMIN | OPEN | {"engine": WITH_APPARMOR | {"cgroup_version": UNSEEN}},
            PTRACE | {"engine": NO_APPARMOR, "mounts": UNSEEN},
            ORDINARY | {"user": "0"},
            ORDINARY | {"security_opt": ()},
            ORDINARY | {"security_opt": ("no-new-privileges=false",), "engine": BY_DEFAULT},
            ORDINARY | {"engine": NO_APPARMOR | OF_PODMAN},
        ],
        unknown=[
            {"cap_add": UNSEEN},
            {"privileged": UNSEEN},
            ORDINARY | {"user": UNSEEN},
            PTRACE | {"engine": WITH_APPARMOR, "apparmor_profile": UNSEEN},
            ORDINARY | {"security_opt": UNSEEN},
            ADMIN | {"engine": NO_APPARMOR | {"cgroup_version": UNSEEN}},
            PTRACE | {"engine": {"security_options": ("name=userns",)}, "userns_mode": UNSEEN},
        ],
        not_applicable=[{"privileged": True}, ADMIN | OPEN | {"privileged": True, "engine": WITH_APPARMOR}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_names_every_link() -> None:
    outcome = Case("escape-chain", "fail", ADMIN | OPEN | {"engine": WITH_APPARMOR}).judged()
    assert dict(outcome.evidence) == {
        "HostConfig.CapAdd": ["SYS_ADMIN"],
        "AppArmorProfile": "unconfined",
        "HostConfig.SecurityOpt": "seccomp=unconfined",
    }
    assert "HostConfig.CapAdd SYS_ADMIN; AppArmorProfile unconfined; HostConfig.SecurityOpt seccomp=unconfined" in str(
        outcome.reason
    )


def test_breaks_the_chain_at_the_capability() -> None:
    fix = CATALOGUE["escape-chain"].fix(a_container(cap_add=("CHOWN", "SYS_PTRACE"), pid_mode="host"))
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (Exclude("cap_add", ("SYS_PTRACE",)),)


def test_names_root_where_nobody_was_chosen() -> None:
    outcome = Case("escape-chain", "fail", MODULE | {"engine": WITH_APPARMOR, "user": ""}).judged()
    assert dict(outcome.evidence) == {"HostConfig.CapAdd": ["SYS_MODULE"], "Config.User": "root"}
