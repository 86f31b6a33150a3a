"""What the checks say of an Engine and its daemon."""

from __future__ import annotations

from typing import Any

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import DaemonFix, Drop, Put
from secdash.facts.model import Registry, Swarm
from tests.build import UNSEEN, a_container, a_daemon, a_host, a_network, a_snapshot, a_volume, an_engine, an_image
from tests.checks.cases import Case, cases

ICC = "com.docker.network.bridge.enable_icc"
HTTP = "WARNING: API is accessible on http://0.0.0.0:2375 without encryption."
NO_VERIFY = "[DEPRECATION NOTICE]: API is accessible on https://0.0.0.0:2376 without TLS client verification."
OLDER = {"version": "20.10.24", "security_options": ("name=seccomp,profile=default",)}
REMOTE_DRIVERS = ("awslogs", "etwlogs", "fluentd", "gcplogs", "gelf", "logentries", "splunk")
NO_NEW_PRIVILEGES = {"host": a_host(daemon=a_daemon(no_new_privileges=True))}
VOLUMES = tuple(a_volume(name=f"old{n}") for n in range(26))
UNUSED = tuple(an_image(id=f"sha256:{n:064}", name=f"old:{n}") for n in range(26))


def listening(*hosts: str, **options: Any) -> dict[str, Any]:
    """A daemon.json that sets these addresses."""
    return {"host": a_host(daemon=a_daemon(hosts=list(hosts), **options))}


CASES: tuple[Case, ...] = (
    *cases(
        "engine-end-of-life",
        passes=[{}, {"version": "29.1.0+dfsg1"}, {"version": "25.0.14"}, {"version": "v29.0.0"}],
        fails=[{"version": v} for v in ("20.10.24", "28.5.2", "26.0.1", "26.1.5", "19.03.15", "18.06.1-ce", "1.13.1")],
        unknown=[
            {"version": "20.10.24+dfsg1"},
            {"version": "28.5.2+dfsg4"},
            {"version": "24.0.7-0ubuntu2"},
            {"version": "30.0.0"},
            {"version": "library-import"},
            {"version": UNSEEN},
            {"version": "4.3.1", "podman": True},
        ],
    ),
    *cases(
        "rootful-daemon",
        passes=[{}],
        fails=[{"security_options": ("name=seccomp,profile=builtin",)}],
        unknown=[{"security_options": UNSEEN}],
    ),
    *cases(
        "icc-enabled",
        passes=[{}],
        fails=[
            {"networks": (a_network(options=((ICC, "true"),)),)},
            {"networks": (a_network(name="shop"), a_network(options=()))},
        ],
        unknown=[{"networks": UNSEEN}, {"networks": (a_network(options=UNSEEN),)}],
        not_applicable=[{"networks": (a_network(name="shop"),)}, {"podman": True}],
    ),
    *cases(
        "insecure-registry",
        passes=[{}, {"insecure_cidrs": ()}],
        fails=[
            {"insecure_cidrs": ("127.0.0.0/8", "10.0.0.0/8")},
            {"registries": (Registry("docker.io", True), Registry("old.example.org:5000", False))},
        ],
        unknown=[{"insecure_cidrs": UNSEEN}, {"registries": UNSEEN}],
    ),
    *cases(
        "deprecated-storage-driver",
        passes=[
            {"version": "24.0.9"},
            {"version": "24.0.9", "storage_driver": "btrfs"},
            {"version": UNSEEN},
            {"version": "dev"},
            {"podman": True},
            {"storage_driver": "overlay", "podman": True},
        ],
        fails=[{"storage_driver": "aufs"}, {"storage_driver": "overlay"}, {"storage_driver": "devicemapper"}],
        unknown=[{"storage_driver": UNSEEN}],
        not_applicable=[{}, {"version": "25.0.0"}, {"version": "v26.1.5+dfsg1", "storage_driver": "zfs"}],
    ),
    *cases(
        "unauthenticated-api",
        passes=[
            {},
            {"warnings": ("WARNING: No swap limit support",)},
            {"host": UNSEEN},
            {"warnings": UNSEEN},
            listening("tcp://0.0.0.0:2376", tlsverify=True),
            listening("tcp://0.0.0.0:2376", tlsverify=True) | {"warnings": UNSEEN},
            listening("fd://", "unix:///run/docker.sock"),
            {"reached": "tls"},
            {"reached": "ssh"},
        ],
        fails=[
            {"reached": "tcp"},
            {"reached": "tcp", "podman": True},
            {"reached": "tcp", "warnings": UNSEEN, "host": UNSEEN},
            {"warnings": ("WARNING: No swap limit support", HTTP)},
            {"warnings": (NO_VERIFY,), "host": UNSEEN},
            listening("fd://", "tcp://0.0.0.0:2375"),
            listening("tcp://0.0.0.0:2375") | {"warnings": UNSEEN},
            listening("tcp://0.0.0.0:2376", tls=True),
            listening("tcp://0.0.0.0:2376", tlsverify=False),
            listening("tcp://0.0.0.0:2376", tlsverify=True) | {"warnings": (HTTP,)},
        ],
        unknown=[{"warnings": UNSEEN, "host": UNSEEN}, {"podman": True}],
    ),
    *cases(
        "userns-remap-off",
        passes=[{}, {"security_options": ("name=userns",)}],
        fails=[{"security_options": ("name=apparmor",)}],
        unknown=[{"security_options": UNSEEN}],
        not_applicable=[{"podman": True}],
    ),
    *cases(
        "no-authorization-plugin",
        passes=[{}],
        fails=[{"authorization_plugins": ()}],
        unknown=[{"authorization_plugins": UNSEEN}],
        not_applicable=[{"podman": True}],
    ),
    *cases(
        "logs-stay-on-host",
        passes=[{}, *({"logging_driver": driver} for driver in REMOTE_DRIVERS)],
        fails=[{"logging_driver": driver} for driver in ("json-file", "local", "none")],
        unknown=[{"logging_driver": driver} for driver in ("journald", "syslog", "acme/shipper", UNSEEN)],
    ),
    *cases(
        "daemon-no-new-privileges-off",
        passes=[
            {},
            *(OLDER | NO_NEW_PRIVILEGES | {"version": version} for version in ("20.10.24", "23.0.6")),
        ],
        fails=[
            {"security_options": ("name=apparmor",)},
            *(NO_NEW_PRIVILEGES | {"version": v, "security_options": ()} for v in ("24.0.0", "24.1.0", "29.10.0")),
            OLDER,
            OLDER | {"host": a_host(daemon=a_daemon(no_new_privileges=False))},
        ],
        unknown=[
            OLDER | {"host": UNSEEN},
            {"security_options": UNSEEN},
            {"security_options": (), "podman": True},
        ],
    ),
    *cases(
        "live-restore-off",
        passes=[{}],
        fails=[{"live_restore": False}],
        unknown=[{"live_restore": UNSEEN}, {"swarm": UNSEEN}],
        not_applicable=[{"swarm": Swarm("active")}, {"podman": True}],
    ),
    *cases(
        "daemon-seccomp-disabled",
        passes=[{}, OLDER, {"security_options": ("name=seccomp,profile=/etc/docker/seccomp.json",)}],
        fails=[{"security_options": ("name=apparmor",)}, {"security_options": ("name=seccomp,profile=unconfined",)}],
        unknown=[{"security_options": UNSEEN}],
    ),
    *cases("experimental-features", passes=[{}], fails=[{"experimental": True}], unknown=[{"experimental": UNSEEN}]),
    *cases("daemon-debug-on", passes=[{}], fails=[{"debug": True}], unknown=[{"debug": UNSEEN}]),
    *cases(
        "swarm-mode-on",
        passes=[{}],
        fails=[
            {"swarm": Swarm("active", manager=True, managers=1, nodes=1)},
            {"swarm": Swarm("locked")},
            {"swarm": Swarm("pending")},
        ],
        unknown=[{"swarm": UNSEEN}],
        not_applicable=[{"podman": True}],
    ),
    *cases(
        "image-sprawl",
        passes=[{}, {"images": UNUSED[:25]}],
        fails=[{"images": UNUSED}],
        unknown=[{"images": UNSEEN}, {"containers": UNSEEN}, {"containers": (a_container(image_id=UNSEEN),)}],
    ),
    *cases(
        "volume-sprawl",
        passes=[{}, {"volumes": VOLUMES[:25]}, {"volumes": (*VOLUMES[:25], a_volume())}],
        fails=[{"volumes": VOLUMES}],
        unknown=[{"volumes": UNSEEN}, {"containers": UNSEEN}, {"containers": (a_container(mounts=UNSEEN),)}],
    ),
    *cases(
        "container-sprawl",
        passes=[{}, {"containers_stopped": 25}],
        fails=[{"containers_stopped": 26, "containers_total": 30}],
        unknown=[{"containers_stopped": UNSEEN}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_names_the_insecure_registries() -> None:
    engine = an_engine(insecure_cidrs=("127.0.0.0/8", "10.0.0.0/8"), registries=(Registry("old.example.org", False),))
    reason = str(CATALOGUE["insecure-registry"].judge(engine, a_snapshot(engine=engine)).reason)
    assert "10.0.0.0/8, old.example.org" in reason
    assert "127.0.0.0/8" not in reason


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("icc-enabled", Put("icc", False)),
        ("userns-remap-off", Put("userns-remap", "default")),
        ("live-restore-off", Put("live-restore", True)),
        ("daemon-no-new-privileges-off", Put("no-new-privileges", True)),
        ("insecure-registry", Drop("insecure-registries")),
        ("experimental-features", Put("experimental", False)),
        ("daemon-debug-on", Put("debug", False)),
        ("daemon-seccomp-disabled", Drop("seccomp-profile")),
    ],
)
def test_writes_the_key_of_daemon_json(check: str, change: Put | Drop) -> None:
    fix = CATALOGUE[check].fix(an_engine())
    assert isinstance(fix, DaemonFix)
    assert fix.changes == (change,)
