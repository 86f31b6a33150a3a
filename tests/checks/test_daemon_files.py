"""What the checks say of the daemon's configuration."""

from __future__ import annotations

from typing import Any

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.daemon_settings import setting
from secdash.checks.remedy import DaemonFix, Drop, Put
from secdash.facts.model import HostFacts
from tests.build import UNSEEN, a_daemon, a_host, a_snapshot, an_engine
from tests.checks.cases import Case, cases

ROOTFUL = {"security_options": ("name=apparmor",)}
MAPPER = {"storage_driver": "devicemapper"}
UNREAD: list[dict[str, Any]] = [{"host": UNSEEN}, {"host": a_host(daemon=UNSEEN)}]


def with_(**options: Any) -> dict[str, HostFacts]:
    """A host whose daemon.json has just these options."""
    return {"host": a_host(daemon=a_daemon(**options))}


CASES: tuple[Case, ...] = (
    *cases(
        "daemon-log-level-changed",
        passes=[{}, with_(), with_(log_level="info"), with_(log_level="")],
        fails=[with_(log_level=level) for level in ("debug", "warn", "error", "fatal")],
        unknown=UNREAD,
        not_applicable=[{"podman": True}],
    ),
    *cases(
        "iptables-off",
        passes=[{}, with_(), with_(iptables=True)],
        fails=[with_(iptables=False)],
        unknown=UNREAD,
        not_applicable=[{"podman": True}],
    ),
    *cases(
        "default-ulimits-missing",
        passes=[{}, with_(default_ulimits={"nproc": {"Name": "nproc", "Soft": 9, "Hard": 9}})],
        fails=[with_(), with_(default_ulimits={})],
        unknown=UNREAD,
        not_applicable=[{"podman": True}],
    ),
    *cases(
        "daemon-cgroup-parent-changed",
        passes=[{}, with_(cgroup_parent=""), with_(cgroup_parent="/docker"), with_(cgroup_parent="system.slice")],
        fails=[with_(cgroup_parent="/rcp"), with_(cgroup_parent="docker.slice")],
        unknown=UNREAD,
        not_applicable=[{"podman": True}],
    ),
    *cases(
        "base-device-size-changed",
        passes=[MAPPER, MAPPER | with_(storage_opts=["dm.thinpooldev=/dev/x"])],
        fails=[
            MAPPER | with_(storage_opts=["dm.basesize=50G"]),
            MAPPER | with_(storage_opts=["dm.fs=xfs", "dm.basesize=50G"]),
        ],
        unknown=[{"storage_driver": UNSEEN}, *(MAPPER | facts for facts in UNREAD)],
        not_applicable=[{}, with_(storage_opts=["dm.basesize=50G"])],
    ),
    *cases(
        "userland-proxy-on",
        passes=[{}, ROOTFUL | with_(userland_proxy=False)],
        fails=[ROOTFUL | with_(), ROOTFUL | with_(userland_proxy=True)],
        unknown=[*UNREAD, with_() | {"security_options": UNSEEN}],
        not_applicable=[{"podman": True}, with_(), with_(userland_proxy=True)],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_reads_a_setting_wherever_it_was_made() -> None:
    snapshot = a_snapshot(host=a_host(daemon=a_daemon(icc=False, hosts=["fd://"])))

    assert setting(snapshot, "icc") is False
    assert setting(snapshot, "hosts") == ["fd://"]
    assert setting(snapshot, "debug") is None
    assert setting(a_snapshot(host=a_host(daemon=UNSEEN)), "icc") is UNSEEN
    assert setting(a_snapshot(host=UNSEEN), "icc") is UNSEEN


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("daemon-log-level-changed", Put("log-level", "info")),
        ("iptables-off", Put("iptables", True)),
        (
            "default-ulimits-missing",
            Put("default-ulimits", {"nofile": {"Name": "nofile", "Soft": 1024, "Hard": 4096}}),
        ),
        ("daemon-cgroup-parent-changed", Drop("cgroup-parent")),
        ("userland-proxy-on", Put("userland-proxy", False)),
    ],
)
def test_writes_the_key_of_daemon_json(check: str, change: Put | Drop) -> None:
    fix = CATALOGUE[check].fix(an_engine())

    assert isinstance(fix, DaemonFix)
    assert fix.changes == (change,)
    assert not fix.reload
