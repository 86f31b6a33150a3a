"""What the checks say of devices that are the machine itself."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import ComposeFix, Exclude
from secdash.facts.model import Device
from tests.build import UNSEEN, a_bind, a_container
from tests.checks.cases import Case, cases

HOLD_IT = (
    *("/dev/mem", "/dev/kmem", "/dev/port", "/dev", "/dev/sda", "/dev/sdb1", "/dev/sdaa", "/dev/vda", "/dev/xvda1"),
    *("/dev/hda", "/dev/nvme0n1", "/dev/nvme0n1p2", "/dev/mmcblk0", "/dev/mmcblk0p1", "/dev/md0", "/dev/dm-0"),
    *("/dev/disk/by-id/ata-1", "/dev/mapper/vg-root", "/dev//sda", "/dev/md/root", "/dev/block/8:0"),
)
DO_NOT = (
    *("/dev/null", "/dev/kvm", "/dev/fuse", "/dev/net/tun", "/dev/dri/card0", "/dev/ttyUSB0", "/dev/snd"),
    *("/dev/sr0", "/dev/loop0", "/dev/nvme0", "/dev/sg0", "/dev/memory", "/dev/video0"),
)
OPEN_RULES = (
    "a",
    "a *:* rwm",
    "b *:* r",
    "b 8:0 w",
    "b 8:* rwm",
    "c *:* rwm",
    "c 1:1 r",
    "c 1:2 rw",
    "c 1:4 w",
    "c 1:* r",
)
SHUT_RULES = ("b 8:0 m", "b *:* m", "c 1:1 m", "c 1:3 rwm", "c 1:11 r", "c 10:232 rwm", "c 188:* rwm", "c *:* m")


def a_device(path: str) -> dict[str, object]:
    return {"devices": (Device(path, path, "r"),)}


CASES: tuple[Case, ...] = (
    *cases(
        "device-controls-host",
        passes=[
            {},
            *(a_device(path) for path in DO_NOT),
            *({"device_cgroup_rules": (rule,)} for rule in SHUT_RULES),
            {"mounts": (a_bind("/dev/sda", "/dev/sda"),)},
        ],
        fails=[
            *(a_device(path) for path in HOLD_IT),
            *({"device_cgroup_rules": (rule,)} for rule in OPEN_RULES),
            a_device("/dev/sda") | {"privileged": True},
        ],
        unknown=[{"devices": UNSEEN}, {"device_cgroup_rules": UNSEEN}, {"privileged": UNSEEN}],
        not_applicable=[{"privileged": True}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_takes_out_the_dangerous_ones_alone() -> None:
    container = a_container(
        devices=(Device("/dev/fuse", "/dev/fuse", "rwm"), Device("/dev/sda", "/dev/disk", "r")),
        device_cgroup_rules=("a *:* rwm", "c 188:* rwm"),
    )
    fix = CATALOGUE["device-controls-host"].fix(container)
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (
        Exclude("devices", ("/dev/sda:/dev/disk:r",)),
        Exclude("device_cgroup_rules", ("a *:* rwm",)),
    )
