"""How settings are written as items of a Compose service."""

from __future__ import annotations

import pytest

from secdash.checks import service
from secdash.facts.model import Device, Mount, Port, Ulimit
from tests.build import a_bind


@pytest.mark.parametrize(
    ("port", "entry"),
    [
        (Port(80, "tcp", "", "8080"), "8080:80"),
        (Port(80, "tcp", "127.0.0.1", "8080"), "127.0.0.1:8080:80"),
        (Port(53, "udp", "192.0.2.7", "53"), "192.0.2.7:53:53/udp"),
        (Port(80, "tcp", "::1", "8080"), "[::1]:8080:80"),
        (Port(80, "tcp", "", ""), "80"),
        (Port(80, "", "", "8080"), "8080:80"),
        (Port(80, "sctp", "127.0.0.1", ""), "127.0.0.1::80/sctp"),
    ],
)
def test_port(port: Port, entry: str) -> None:
    assert service.port_entry(port) == entry


@pytest.mark.parametrize(
    ("mount", "entry"),
    [
        (a_bind("/srv/app", "/app"), "/srv/app:/app"),
        (a_bind("/srv/app", "/app", read_only=True, propagation="rslave"), "/srv/app:/app:ro,rslave"),
        (Mount("bind", "/a", "/b", False, mode="Z"), "/a:/b:Z"),
        (Mount("bind", "/a", "/b", True, mode="ro,z"), "/a:/b:ro,z"),
        (Mount("bind", "/a", "/b", True, propagation=""), "/a:/b:ro"),
        (Mount("volume", "/v/_data", "/data", False, name="data", mode="z"), "data:/data"),
        (Mount("volume", "/v/_data", "/data", True, name="data", mode="z"), "data:/data:ro"),
        (Mount("volume", "/v/_data", "/data", False, name="ab" * 32), "/data"),
    ],
)
def test_mount(mount: Mount, entry: str) -> None:
    assert service.mount_entry(mount) == entry


@pytest.mark.parametrize(
    ("option", "entry"),
    [
        ("no-new-privileges", "no-new-privileges=true"),
        ("no-new-privileges:true", "no-new-privileges=true"),
        ("seccomp:unconfined", "seccomp=unconfined"),
        ("label:type:svirt_apache_t", "label=type:svirt_apache_t"),
        ("label=user:system_u", "label=user:system_u"),
        ('seccomp={"a":"b=c"}', 'seccomp={"a":"b=c"}'),
        ('seccomp:{"a":"b=c"}', 'seccomp={"a":"b=c"}'),
        ("writable-cgroups", "writable-cgroups"),
    ],
)
def test_security_option(option: str, entry: str) -> None:
    assert service.security_entry(option) == entry


@pytest.mark.parametrize(
    ("entry", "is_profile"),
    [
        ('seccomp= {"defaultAction":"SCMP_ACT_ERRNO"}', True),
        ("seccomp=unconfined", False),
        ("apparmor={", False),
    ],
)
def test_only_seccomp_holds_a_whole_profile(entry: str, is_profile: bool) -> None:
    assert service.is_seccomp_profile(entry) is is_profile


def test_device_tmpfs_and_ulimit() -> None:
    assert service.device_entry(Device("/dev/fuse", "/dev/fuse", "")) == "/dev/fuse:/dev/fuse:rwm"
    assert service.tmpfs_entry("/tmp", "") == "/tmp"
    assert service.tmpfs_entry("/tmp", "size=1m") == "/tmp:size=1m"
    assert service.ulimit_value(Ulimit("nofile", 10, 10)) == 10
    assert service.ulimit_value(Ulimit("nofile", 10, 20)) == {"soft": 10, "hard": 20}
