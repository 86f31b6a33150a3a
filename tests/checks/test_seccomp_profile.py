"""What the checks say of seccomp profiles of a container's own, as inspect holds them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.build import UNSEEN
from tests.checks.cases import Case, cases

ERRNO, ALLOW = "SCMP_ACT_ERRNO", "SCMP_ACT_ALLOW"
DANGEROUS = (
    *("acct", "add_key", "bpf", "delete_module", "finit_module", "fsconfig", "fsmount", "fsopen", "init_module"),
    *("ioperm", "iopl", "kexec_file_load", "kexec_load", "keyctl", "mount", "move_mount", "open_by_handle_at"),
    *("open_tree", "perf_event_open", "pivot_root", "reboot", "request_key", "setns", "swapoff", "swapon", "umount"),
    *("umount2", "unshare", "userfaultfd"),
)
BY_CAPABILITY = {"caps": ["CAP_SYS_ADMIN"]}
ON_AMD = {"arches": ["amd64"], "minKernel": "4.8"}


def profile(*rules: dict[str, Any], default: str = ERRNO, **facts: Any) -> dict[str, Any]:
    text = json.dumps({"defaultAction": default, "archMap": [], "syscalls": list(rules)})
    return {"security_opt": ("no-new-privileges:true", f"seccomp={text}"), **facts}


def text(written: str) -> dict[str, Any]:
    return {"security_opt": (f"seccomp={written}",)}


def both(first: str, last: str) -> dict[str, Any]:
    """The Engine takes the last of several."""
    return {"security_opt": (f"seccomp={first}", f"seccomp={last}")}


def allow(*names: str, **more: Any) -> dict[str, Any]:
    return {"names": list(names), "action": ALLOW, **more}


def engine(option: str) -> dict[str, Any]:
    return {"engine": {"security_options": (option,)}}


CASES: tuple[Case, ...] = (
    *cases(
        "weak-seccomp-profile",
        passes=[
            {},
            engine("name=seccomp,profile=default"),
            text("builtin"),
            profile(),
            profile(default="SCMP_ACT_KILL"),
            profile(allow("read", "ptrace", "clone")),
            profile(allow("mount", includes=BY_CAPABILITY)),
            profile(allow("mount", args=[{"index": 0, "value": 0, "op": "SCMP_CMP_EQ"}])),
            profile({"names": ["mount"], "action": ERRNO}),
            text(json.dumps({"defaultAction": ERRNO, "syscalls": None})),
            both("unconfined", "builtin"),
        ],
        fails=[
            profile(default=ALLOW),
            profile(default="SCMP_ACT_LOG"),
            profile({"names": ["mount"], "action": ERRNO}, default=ALLOW),
            *(profile(allow("read", name)) for name in DANGEROUS),
            profile(allow("keyctl", includes=ON_AMD, args=[])),
            profile({"name": "bpf", "action": ALLOW, "args": None, "names": None, "includes": None}),
            profile({"names": ["bpf"], "action": "SCMP_ACT_LOG"}),
            profile(allow("bpf", excludes=BY_CAPABILITY)),
            profile(allow("bpf"), privileged=True),
        ],
        unknown=[
            {"security_opt": UNSEEN},
            {"privileged": UNSEEN},
            {"engine": {"security_options": UNSEEN}},
            engine("name=seccomp,profile=/etc/docker/seccomp.json"),
            text("/srv/profile.json"),
            text("{"),
            text("{}"),
            text('{"defaultAction": 1}'),
            text('{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["bpf"]}]}'),
        ],
        not_applicable=[
            profile(privileged=True),
            text("unconfined"),
            both("builtin", "unconfined"),
            engine("name=apparmor"),
            engine("name=seccomp,profile=unconfined"),
        ],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_names_the_calls_and_not_the_profile() -> None:
    outcome = Case("weak-seccomp-profile", "fail", profile(allow("unshare", "read", "bpf"))).judged()
    assert dict(outcome.evidence) == {
        "HostConfig.SecurityOpt, defaultAction": ERRNO,
        "HostConfig.SecurityOpt, dangerous": ["bpf", "unshare"],
    }
    assert "bpf, unshare" in str(outcome.reason)
