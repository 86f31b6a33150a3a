"""What the checks say of a container's user, capabilities and devices."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE, capabilities
from secdash.checks.remedy import ComposeFix, Drop, Exclude, Include
from secdash.facts.model import Device, Exec, Process
from tests.build import UNSEEN, a_bind, a_container
from tests.checks.cases import Case, cases

ROOTFUL = {"security_options": ("name=apparmor", "name=seccomp,profile=builtin")}
REMAPPED = {"security_options": ("name=seccomp,profile=builtin", "name=userns")}
# Written out once more: a name that leaves the lists of the checks must not leave the tests too.
DEFAULTS = (
    *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW"),
    *("SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
)
DANGEROUS = (
    *("ALL", "AUDIT_CONTROL", "AUDIT_READ", "BPF", "CHECKPOINT_RESTORE", "DAC_READ_SEARCH", "MAC_ADMIN"),
    *("MAC_OVERRIDE", "NET_ADMIN", "PERFMON", "SYSLOG", "SYS_ADMIN", "SYS_BOOT", "SYS_MODULE", "SYS_PTRACE"),
    *("SYS_RAWIO", "SYS_TIME"),
)
RARELY_NEEDED = ("AUDIT_WRITE", "MKNOD", "NET_RAW", "SETFCAP")
POWERFUL_GROUPS = (
    "adm",
    "disk",
    "docker",
    "incus-admin",
    "kmem",
    "kvm",
    "libvirt",
    "lxd",
    "root",
    "shadow",
    "sudo",
    "wheel",
)
SDA = Device("/dev/sda", "/dev/sda", "rwm")

CASES: tuple[Case, ...] = (
    *cases(
        "privileged-container",
        passes=[{}],
        fails=[{"privileged": True}, {"privileged": True, "state": "exited", "processes": ()}],
        unknown=[{"privileged": UNSEEN}],
    ),
    *cases(
        "runs-as-root",
        passes=[
            {},
            {"engine": ROOTFUL, "user": "app"},
            {"engine": ROOTFUL, "processes": UNSEEN},
            {"engine": ROOTFUL, "processes": (Process("root", "sh"),), "execs": (Exec(False, "0", "sh"),)},
            {"user": "root"},
            {"engine": REMAPPED, "user": "0"},
        ],
        fails=[
            *({"engine": ROOTFUL, "user": user} for user in ("", "0", "root", "0:0", "root:root", "00:1000", ":1000")),
            {"engine": ROOTFUL, "processes": (Process("1000", "serve"), Process("root", "cron"))},
            {"engine": ROOTFUL, "processes": (Process("root", "cron"),), "execs": (Exec(False, "", "sh"),)},
            {"engine": ROOTFUL, "processes": (Process("root", "cron"),), "execs": (Exec(False, "1000", "sh"),)},
            {"engine": ROOTFUL, "processes": (Process("root", "cron"),), "execs": UNSEEN},
            {"engine": ROOTFUL, "user": "0", "processes": (), "execs": (Exec(False, "0", "sh"),)},
            {"engine": ROOTFUL, "user": "", "state": "exited", "processes": ()},
            {"engine": REMAPPED, "user": "0", "userns_mode": "host"},
        ],
        unknown=[
            {"user": UNSEEN},
            {"user": "0", "engine": {"security_options": UNSEEN}},
            {"user": "0", "engine": REMAPPED, "userns_mode": UNSEEN},
        ],
    ),
    *cases(
        "capabilities-added",
        passes=[{}, {"cap_add": DEFAULTS}],
        fails=[{"cap_add": ("NET_ADMIN",)}, {"cap_add": ("ALL",)}, {"cap_add": ("SYS_NICE",), "privileged": True}],
        unknown=[{"cap_add": UNSEEN}, {"privileged": UNSEEN}],
        not_applicable=[{"privileged": True}],
    ),
    *cases(
        "dangerous-capability",
        passes=[{}, {"cap_add": ("SYS_NICE", "NET_BIND_SERVICE")}],
        fails=[{"cap_add": (name,)} for name in DANGEROUS],
        unknown=[{"cap_add": UNSEEN}, {"privileged": UNSEEN}],
        not_applicable=[{"privileged": True}],
    ),
    *cases(
        "host-devices",
        passes=[{}, {"mounts": (a_bind("/dev/null", "/etc/motd"), a_bind("/dev/shm"), a_bind("/development"))}],
        fails=[
            {"devices": (SDA,)},
            {"device_cgroup_rules": ("c *:* rwm",)},
            {"device_requests": ("nvidia count=-1 capabilities=gpu",)},
            {"mounts": (a_bind("/dev", "/dev"),)},
            {"mounts": (a_bind("/dev/ttyUSB0"),)},
        ],
        unknown=[{"devices": UNSEEN}, {"device_requests": UNSEEN}, {"mounts": UNSEEN}, {"privileged": UNSEEN}],
        not_applicable=[{"privileged": True}],
    ),
    *cases(
        "default-capabilities-kept",
        passes=[
            {},
            {"cap_drop": RARELY_NEEDED},
            {"cap_drop": ("ALL",), "cap_add": ("NET_RAW",)},
            {"cap_drop": RARELY_NEEDED[1:], "cap_add": RARELY_NEEDED[:1]},
            {"engine": {"podman": True}, "cap_drop": RARELY_NEEDED},
        ],
        fails=[
            {"cap_drop": ()},
            *({"cap_drop": tuple(name for name in RARELY_NEEDED if name != left)} for left in RARELY_NEEDED),
            {"cap_drop": ("CHOWN",), "user": "1000"},
            {"cap_drop": (), "privileged": True},
        ],
        unknown=[
            {"cap_drop": UNSEEN},
            {"cap_drop": (), "cap_add": UNSEEN},
            {"privileged": UNSEEN},
            {"engine": {"podman": True}, "cap_drop": ()},
        ],
        not_applicable=[{"privileged": True}],
    ),
    *cases(
        "powerful-group-added",
        passes=[{}, {"group_add": ("audio", "video")}, {"group_add": ("docker", "0")}],
        fails=[
            *({"engine": ROOTFUL, "group_add": (name,)} for name in (*POWERFUL_GROUPS, "0", "00")),
            {"engine": ROOTFUL, "group_add": ("999", "docker")},
            {"engine": REMAPPED, "group_add": ("disk",), "userns_mode": "host"},
        ],
        unknown=[
            {"group_add": UNSEEN},
            {"engine": ROOTFUL, "group_add": ("audio", "999")},
            {"group_add": ("docker",), "engine": {"security_options": UNSEEN}},
        ],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_knows_the_defaults_and_calls_none_of_them_dangerous() -> None:
    assert set(DEFAULTS) == capabilities.DEFAULTS
    assert set(DANGEROUS) == capabilities.DANGEROUS.keys()
    assert not set(DEFAULTS) & set(DANGEROUS)


def test_says_what_the_worst_capability_does() -> None:
    outcome = Case("dangerous-capability", "fail", {"cap_add": ("NET_ADMIN", "SYS_ADMIN")}).judged()
    assert "SYS_ADMIN" in str(outcome.reason)
    assert outcome.evidence == (("HostConfig.CapAdd", ["NET_ADMIN", "SYS_ADMIN"]),)


@pytest.mark.parametrize(
    ("check", "items"),
    [("capabilities-added", ("SYS_ADMIN", "SYS_NICE")), ("dangerous-capability", ("SYS_ADMIN",))],
)
def test_takes_out_exactly_the_capabilities_it_speaks_of(check: str, items: tuple[str, ...]) -> None:
    fix = CATALOGUE[check].fix(a_container(cap_add=("CHOWN", "SYS_ADMIN", "SYS_NICE")))
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (Exclude("cap_add", items),)


def test_takes_out_every_way_to_a_device() -> None:
    container = a_container(
        devices=(SDA,), device_cgroup_rules=("c 1:3 r",), mounts=(a_bind("/dev/kvm", "/dev/kvm"), a_bind("/srv/app"))
    )
    fix = CATALOGUE["host-devices"].fix(container)
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (
        Exclude("devices", ("/dev/sda:/dev/sda:rwm",)),
        Drop("device_cgroup_rules"),
        Exclude("volumes", ("/dev/kvm:/dev/kvm",)),
    )


def test_writes_no_fix_for_a_gpu() -> None:
    container = a_container(device_requests=("nvidia count=-1 capabilities=gpu",))
    assert CATALOGUE["host-devices"].fix(container) is None


def test_drops_what_is_left_and_was_not_asked_for() -> None:
    fix = CATALOGUE["default-capabilities-kept"].fix(a_container(cap_drop=("MKNOD",), cap_add=("NET_RAW",)))
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (Include("cap_drop", "AUDIT_WRITE"), Include("cap_drop", "SETFCAP"))


def test_takes_out_the_powerful_groups_alone() -> None:
    fix = CATALOGUE["powerful-group-added"].fix(a_container(group_add=("0", "1000", "docker", "video")))
    assert isinstance(fix, ComposeFix)
    assert fix.changes == (Exclude("group_add", ("0", "docker")),)
