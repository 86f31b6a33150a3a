"""What the checks say of the programs that start containers."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import CommandFix
from tests.build import UNSEEN, an_engine
from tests.checks.cases import Case, cases

ROOTFUL = {"security_options": ("name=apparmor",)}
FAMILIAR = (
    ("cc", "kata-runtime"),
    ("crun", "/usr/bin/crun"),
    ("cw", "crun-wasm"),
    ("d", "docker-runc"),
    ("gvisor", "/usr/local/bin/runsc"),
    ("io.containerd.runc.v2", ""),
    ("io.containerd.runtime.v1.linux", "runc"),
    ("legacy", "io.containerd.runtime.v1.linux"),
    ("kata", "io.containerd.kata-fc.v2"),
    ("nvidia", "nvidia-container-runtime"),
    ("nvidia-cdi", "/usr/bin/nvidia-container-runtime.cdi"),
    ("amd", "amd-container-runtime"),
    ("shim", "/usr/local/bin/containerd-shim-runsc-v1"),
    ("sysbox-runc", "/usr/bin/sysbox-runc"),
    ("y", "youki"),
)


def at(path: str, name: str = "mine") -> dict[str, object]:
    return {"runtime_paths": ((name, path), ("runc", "runc")), **ROOTFUL}


CASES: tuple[Case, ...] = (
    *cases(
        "unfamiliar-runtime",
        passes=[{}, {"runtime_paths": ()}, *({"runtime_paths": (pair,)} for pair in FAMILIAR)],
        fails=[at("/opt/acme/acme-run"), at("", "acme"), at("/usr/bin/runc2"), at("io.acme.runc.v2"), at("my-runc")],
        unknown=[{"runtime_paths": UNSEEN}],
        not_applicable=[{"podman": True}],
    ),
    *cases(
        "runtime-in-open-folder",
        passes=[
            {},
            ROOTFUL,
            at("/usr/local/bin/runsc"),
            at("/homes/x/runsc"),
            at("tmp/runsc"),
            at("/usr/home/x/runsc"),
        ],
        fails=[
            at(f"{folder}/x/runsc")
            for folder in ("/tmp", "/var/tmp", "/dev/shm", "/home", "/var/home", "/run/user", "/var/run/user", "//tmp")
        ],
        unknown=[{"runtime_paths": UNSEEN}, at("/tmp/runsc") | {"security_options": UNSEEN}],
        not_applicable=[{"podman": True}, {"runtime_paths": (("mine", "/home/x/runc"),)}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_names_the_strange_one_with_its_path() -> None:
    said = Case("unfamiliar-runtime", "fail", at("/opt/acme/acme-run")).judged()
    assert "mine (/opt/acme/acme-run)" in str(said.reason)
    assert dict(said.evidence) == {"info.Runtimes": ["mine (/opt/acme/acme-run)"]}


def test_shows_the_one_at_fault_alone_and_else_all() -> None:
    fault = Case("runtime-in-open-folder", "fail", at("/home/x/runsc")).judged()
    assert dict(fault.evidence) == {"info.Runtimes": ["mine (/home/x/runsc)"]}
    sane = Case("runtime-in-open-folder", "pass", at("/usr/bin/runsc")).judged()
    assert dict(sane.evidence) == {"info.Runtimes": ["mine (/usr/bin/runsc)", "runc (runc)"]}


def test_moves_each_runtime_to_where_root_alone_writes() -> None:
    fix = CATALOGUE["runtime-in-open-folder"].fix(an_engine(**at("/home/al x/runsc")))
    assert isinstance(fix, CommandFix)
    assert fix.lines[0] == "sudo install -o root -g root -m 0755 '/home/al x/runsc' /usr/local/bin/runsc"
    assert len(fix.lines) == 3
