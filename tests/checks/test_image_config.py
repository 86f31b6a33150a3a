"""What the checks say of an image's user, ports, volumes, triggers, labels, machine and age."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import CommandFix
from tests.build import UNSEEN, an_image
from tests.checks.cases import Case, cases

TODAY = {"day": "2026-11-26"}

CASES: tuple[Case, ...] = (
    *cases(
        "image-default-root",
        passes=[{}, {"user": "app"}, {"user": "10001:0"}],
        fails=[{"user": user} for user in ("", "root", "root:app", "0", "0:0", "00:1000")],
        unknown=[{"user": UNSEEN}, {"os": UNSEEN}],
        not_applicable=[{"os": "windows", "user": ""}],
    ),
    *cases(
        "image-exposes-remote-access",
        passes=[{}, {"exposed_ports": ("22/udp", "8022/tcp", "2376/tcp", "514/tcp")}, {"exposed_ports": ()}],
        fails=[{"exposed_ports": ("8080/tcp", f"{port}/tcp")} for port in (22, 23, 512, 513, 2375, 3389, 5900, 6000)],
        unknown=[{"exposed_ports": UNSEEN}],
    ),
    *cases(
        "image-build-triggers",
        passes=[{}],
        fails=[{"on_build": ("RUN make",)}],
        unknown=[{"on_build": UNSEEN}],
    ),
    *cases(
        "image-volume-on-system-path",
        passes=[{}, {"volumes": ("/data", "/var/lib/app", "/etc/app", "/usr/share/app", "/run/app", "/device")}],
        fails=[
            {"volumes": ("/data", place)}
            for place in (
                *("/", "/bin", "/boot", "/etc", "/etc/", "/lib", "/lib64", "/run", "/var/run", "/sbin", "/usr"),
                *("/usr/bin", "/usr/lib", "/dev", "/dev/shm", "/proc/sys", "/sys/fs/cgroup"),
            )
        ],
        unknown=[{"volumes": UNSEEN}],
    ),
    *cases(
        "image-reserved-labels",
        passes=[{}, {"labels": (("org.containerd.io/x", "1"), ("io.containerd.x", "1"), ("containerd.iox", "1"))}],
        fails=[{"labels": ((name, "x"),)} for name in ("containerd.io/restart.loguri", "io.cri-containerd.kind")],
        unknown=[{"labels": UNSEEN}],
    ),
    *cases(
        "image-foreign-architecture",
        passes=[
            {},
            *(
                {"architecture": own, "engine": {"architecture": host}}
                for host, own in (
                    *(("x86_64", "386"), ("amd64", "amd64"), ("amd64", "386"), ("aarch64", "arm64")),
                    *(("aarch64", "arm"), ("arm64", "arm64"), ("arm64", "arm"), ("armv7l", "arm"), ("armv6l", "arm")),
                    *(("i686", "386"), ("ppc64le", "ppc64le"), ("s390x", "s390x"), ("riscv64", "riscv64")),
                )
            ),
        ],
        fails=[{"architecture": "arm64"}, {"engine": {"architecture": "aarch64"}}],
        unknown=[
            {"architecture": UNSEEN},
            {"architecture": ""},
            {"engine": {"architecture": UNSEEN}},
            {"engine": {"architecture": "loongarch64"}},
        ],
    ),
    *cases(
        "image-old",
        passes=[
            {},
            {"created": "2026-05-30T00:00:00Z", "engine": TODAY},  # 180 days
            {"created": "2026-11-27T01:00:00Z", "engine": TODAY},  # tomorrow in UTC
            {"created": "2013-03-20T00:00:00Z", "engine": {"day": "2013-03-21"}},
        ],
        fails=[
            {"created": "2026-05-29T23:59:59Z", "engine": TODAY},
            {"created": "2013-03-20T00:00:00Z", "engine": TODAY},
        ],
        unknown=[
            {"created": UNSEEN},
            {"engine": {"day": UNSEEN}},
            {"created": ""},
            {"created": "0001-01-01T00:00:00Z"},
            {"created": "1970-01-01T00:00:00Z"},
            {"created": "2013-03-19T23:59:59Z"},
            {"created": "2026-11-28T00:00:00Z", "engine": TODAY},
            {"engine": {"day": "26 November"}},
        ],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_names_the_way_in_that_an_image_offers() -> None:
    reason = Case("image-exposes-remote-access", "fail", {"exposed_ports": ("22/tcp", "2375/tcp")}).judged().reason
    assert "SSH, Docker API" in str(reason)


def test_says_since_when_an_image_has_no_fixes() -> None:
    case = Case("image-old", "fail", {"created": "2025-01-02T03:04:05Z"})
    assert "2025-01-02" in str(case.judged().reason)
    assert case.judged().evidence == (("Created", "2025-01-02"),)


@pytest.mark.parametrize("check", ["image-old", "image-foreign-architecture"])
def test_builds_the_very_image_again(check: str) -> None:
    fix = CATALOGUE[check].fix(an_image(name="shop/web:1.4"))
    assert isinstance(fix, CommandFix)
    assert "--tag shop/web:1.4" in fix.lines[0]
