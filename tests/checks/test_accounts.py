"""What the checks say of the docker group and of the data root's partition."""

from __future__ import annotations

import pytest

from tests.build import UNSEEN, a_file, a_host
from tests.checks.cases import Case, cases

ROOTFUL = {"security_options": ("name=apparmor",)}
STORE = {"storage_driver": "overlayfs"}
OWN_CONTAINERD = a_file(key="/run/docker/containerd/containerd.sock", role="containerd.sock", type="socket")

SYSTEM_CONTAINERD = a_file(key="/run/containerd/containerd.sock", role="containerd.sock", type="socket")
ROOTLESS_CONTAINERD = a_file(key="/run/user/1000/docker/containerd/containerd.sock", role="containerd.sock")


def mounted(*points: str) -> dict[str, object]:
    return {"host": a_host(mount_points=points)}


CASES: tuple[Case, ...] = (
    *cases(
        "docker-group-members",
        passes=[{}, ROOTFUL, ROOTFUL | {"host": a_host(docker_group=("root",))}],
        fails=[
            ROOTFUL | {"host": a_host(docker_group=("ann",))},
            ROOTFUL | {"host": a_host(docker_group=("root", "ann"))},
        ],
        unknown=[{"host": UNSEEN}, {"host": a_host(docker_group=UNSEEN)}],
        not_applicable=[{"host": a_host(docker_group=("ann",))}],
    ),
    *cases(
        "data-root-not-separate",
        passes=[
            {},
            mounted("/", "/data") | {"root_dir": "/data/docker"},
            mounted("/", "/var/lib/docker/") | {"root_dir": "/var/lib/docker/231072.231072"},
            mounted("/", "/var/lib/docker", "/var/lib/containerd") | STORE,
            {"host": a_host(mount_points=("/", "/var/lib/docker"), files=(a_file(), OWN_CONTAINERD))} | STORE,
            {"host": a_host(mount_points=("/", "/var/lib/docker"), files=(ROOTLESS_CONTAINERD,))} | STORE,
            mounted("/", "/var/lib/docker") | STORE | {"podman": True},
            mounted("/", "/var/lib/docker") | {"storage_driver": "zfs"},
        ],
        fails=[
            mounted("/"),
            mounted(),
            mounted("/", "/var"),
            mounted("/", "/var/lib"),
            mounted("/", "/var/lib/dock"),
            mounted("/", "/var/lib/docker/volumes"),
            mounted("/", "/home") | {"root_dir": "/home/ann/.local/share/docker"},
            mounted("/", "/opt") | {"root_dir": "/opt/docker"},
            mounted("/", "/srv") | {"root_dir": "/srv/docker"},
            mounted("/", "/usr") | {"root_dir": "/usr/docker"},
            mounted("/", "/root") | {"root_dir": "/root/docker"},
            mounted("/", "/run") | {"root_dir": "/run/docker"},
            mounted("/", "/tmp") | {"root_dir": "/tmp/docker"},
            mounted("/") | {"root_dir": "/var/lib/docker/231072.231072"},
            mounted("/", "/var/lib/docker") | STORE,
            mounted("/", "/var/lib/containerd") | STORE,
            {"host": a_host(mount_points=("/", "/var/lib/docker"), files=(SYSTEM_CONTAINERD,))} | STORE,
        ],
        unknown=[
            {"host": UNSEEN},
            {"host": a_host(mount_points=UNSEEN)},
            {"root_dir": UNSEEN},
            {"storage_driver": UNSEEN},
        ],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_names_the_members_but_root() -> None:
    facts = ROOTFUL | {"host": a_host(docker_group=("root", "ann", "bob"))}

    assert "ann, bob" in str(Case("docker-group-members", "fail", facts).judged().reason)
    assert "group docker" in str(Case("docker-group-members", "fail", facts).judged().evidence)
    assert "root," not in str(Case("docker-group-members", "fail", facts).judged().evidence)


def test_names_the_folders_without_a_partition() -> None:
    seen = Case("data-root-not-separate", "fail", mounted("/", "/var/lib/docker") | STORE).judged()

    assert "in /var/lib/containerd can" in str(seen.reason)
