"""What the checks say of containers that hold the host and are within reach."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import ComposeFix, Include
from secdash.facts.model import Mount, Port, Process
from tests.build import UNSEEN, a_bind, a_container, a_volume
from tests.checks.cases import Case, cases

OPEN = {"ports": (Port(80, "tcp", "", "8080"),), "user": "", "engine": {"security_options": ("name=apparmor",)}}
SOCKET = {"mounts": (a_bind("/var/run/docker.sock", "/var/run/docker.sock", read_only=True),)}
HIDDEN = {
    "mounts": (Mount("volume", "/x", "/host", False, name="data"),),
    "volumes": (a_volume(options=(("device", "/"), ("o", "bind"))),),
}
INNER = {"privileged": True, "mounts": (Mount("volume", "/v", "/var/lib/docker/", False, name="v"),)}

CASES: tuple[Case, ...] = (
    *cases(
        "exposed-host-control",
        passes=[
            {},
            OPEN,
            SOCKET | OPEN | {"ports": (Port(80, "tcp", "127.0.0.1", "8080"),)},
            SOCKET | OPEN | {"ports": ()},
            SOCKET | OPEN | {"user": "1000"},
            SOCKET | OPEN | {"engine": {"security_options": ("name=rootless",)}},
            OPEN | {"mounts": (a_bind("/", "/host", read_only=True),)},
            OPEN | {"mounts": (a_bind("/srv", "/srv"),)},
            OPEN | {"mounts": UNSEEN, "ports": ()},
        ],
        fails=[
            SOCKET | OPEN,
            SOCKET | OPEN | {"user": "0:0"},
            SOCKET | OPEN | {"ports": (Port(80, "tcp", "::", "8080"),)},
            OPEN | {"privileged": True},
            OPEN | {"mounts": (a_bind("/run"),)},
            OPEN | {"mounts": (a_bind("/run/containerd/containerd.sock"),)},
            OPEN | {"mounts": (a_bind("/", "/host"),)},
            OPEN | HIDDEN,
            OPEN | {"privileged": True, "mounts": UNSEEN},
            SOCKET | OPEN | {"engine": {"security_options": ("name=userns",)}, "userns_mode": "host"},
        ],
        unknown=[
            {"ports": UNSEEN},
            OPEN | {"user": UNSEEN},
            OPEN | {"privileged": UNSEEN},
            OPEN | {"mounts": UNSEEN},
            OPEN | HIDDEN | {"volumes": UNSEEN},
            SOCKET | OPEN | {"engine": {"security_options": UNSEEN}},
        ],
    ),
    *cases(
        "docker-in-docker",
        passes=[
            {},
            {"privileged": True},
            INNER | {"privileged": False},
            INNER | {"mounts": (Mount("volume", "/v", "/var/www", False, name="v"),)},
            INNER | {"runtime": "sysbox-runc"},
            {"image": "docker:29-cli"},
            {"image": "docker:29-dind-rootless"},
            {"image": "mydocker:dind"},
            {"image": "docker:dind", "runtime": "sysbox-runc"},
            {"processes": (Process("root", "dockerd"),)},
            {"privileged": True, "state": "exited", "processes": (Process("root", "dockerd"),)},
            {"privileged": True, "processes": UNSEEN},
            {"privileged": True, "processes": (Process("1000", "dockerd"), Process("root", "sh"))},
            {"privileged": True, "processes": (Process("", "dockerd"),)},
        ],
        fails=[
            *(
                {"image": name}
                for name in ("docker:dind", "docker:29-dind", "docker:29.1.0-dind", "docker.io/library/docker:dind")
            ),
            {"image": "docker:29-dind-alpine3.22"},
            {"image": "docker:dind@sha256:00"},
            INNER,
            INNER | {"processes": UNSEEN},
            {"privileged": True, "processes": (Process("root", "dockerd"),)},
            {"privileged": True, "processes": (Process("root", "containerd"),)},
        ],
        unknown=[{"image": UNSEEN}, {"privileged": UNSEEN}, {"runtime": UNSEEN}, {"mounts": UNSEEN}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_names_every_link() -> None:
    outcome = Case("exposed-host-control", "fail", SOCKET | OPEN | {"privileged": True}).judged()
    assert dict(outcome.evidence) == {
        "NetworkSettings.Ports": ["8080:80"],
        "Config.User": "",
        "HostConfig.Privileged": True,
        "Mounts": ["/run/docker.sock -> /var/run/docker.sock"],
    }
    assert str(outcome.reason).endswith(
        "NetworkSettings.Ports 8080:80; Config.User root; HostConfig.Privileged true; "
        "Mounts /run/docker.sock -> /var/run/docker.sock."
    )


def test_takes_it_out_of_reach() -> None:
    fix = CATALOGUE["exposed-host-control"].fix(a_container(ports=(Port(80, "tcp", "", "8080"),)))
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (Include("ports", "127.0.0.1:8080:80", ("8080:80",)),)
