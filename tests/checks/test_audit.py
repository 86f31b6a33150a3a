"""What the checks say of the rules of the kernel's audit."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.audit import WATCHED
from secdash.checks.remedy import AuditFix
from secdash.facts.model import AuditRule, HostFacts
from secdash.facts.places import PLACES
from tests.build import UNSEEN, a_file, a_host
from tests.checks.cases import Case, cases

NAMES = tuple(f"{name}-not-audited" for _role, name, _number, _title in WATCHED)


def watched_by(*rules: AuditRule) -> HostFacts:
    return a_host(audit_rules=rules)


def a_rule(path: str, permissions: str = "wa", *, recursive: bool = False) -> AuditRule:
    return AuditRule(path, permissions, recursive)


def of_file(name: str) -> tuple[Case, ...]:
    """The file is /etc/docker/daemon.json, whatever its role."""
    return tuple(
        cases(
            name,
            passes=[
                {},
                {"host": watched_by(a_rule("/etc/docker/daemon.json"))},
                {"host": watched_by(a_rule("/etc/docker", "rwxa", recursive=True))},
            ],
            fails=[
                {"host": watched_by()},
                {"host": watched_by(a_rule("/etc/docker"))},
                {"host": watched_by(a_rule("/etc/docker/daemon.json", "rx"))},
            ],
            unknown=[{"host": a_host(audit_rules=UNSEEN)}, {"host": UNSEEN}],
        )
    )


CASES: tuple[Case, ...] = (
    *(case for name in NAMES for case in of_file(name)),
    *cases(
        "daemon-json-not-audited",
        passes=[
            {"host": watched_by(a_rule("/", recursive=True))},
            {"host": watched_by(a_rule("/etc/docker/daemon.json", "w"), a_rule("/etc", "a", recursive=True))},
            {"host": watched_by(a_rule("/etc/docker/", "wa", recursive=True))},
        ],
        fails=[
            {"host": watched_by(a_rule("/etc/docker/daemon.json", "w"))},
            {"host": watched_by(a_rule("/etc/docker/daemon.json", "a"))},
            {"host": watched_by(a_rule("/etc/docker/daemon.json", ""))},
            {"host": watched_by(a_rule("/etc/docker/daemon.json", "w"), a_rule("/usr", "a", recursive=True))},
            {"host": watched_by(a_rule("/etc/dock", recursive=True), a_rule("/etc/docker/daemon.jso", recursive=True))},
            {"host": watched_by(a_rule("/etc/docker/daemon.json/x", recursive=True))},
        ],
    ),
    *cases(
        "docker-sock-not-audited",
        passes=[
            {"key": "/run/docker.sock", "host": watched_by(a_rule("/var/run/docker.sock"))},
            {"key": "/var/run/docker.sock", "host": watched_by(a_rule("/run", recursive=True))},
        ],
    ),
    *cases(
        "dockerd-not-audited",
        passes=[
            {"key": "/usr/sbin/dockerd", "host": watched_by(a_rule("/sbin/dockerd"))},
            {"key": "/bin/dockerd", "host": watched_by(a_rule("/usr/bin", recursive=True))},
        ],
        fails=[{"key": "/usr/local/bin/dockerd", "host": watched_by(a_rule("/bin/dockerd"))}],
    ),
    *cases(
        "docker-service-unit-not-audited",
        passes=[
            {
                "key": "/usr/lib/systemd/system/docker.service",
                "host": watched_by(a_rule("/lib/systemd/system/docker.service")),
            },
        ],
        fails=[
            {
                "key": "/etc/systemd/system/docker.service",
                "host": watched_by(a_rule("/usr/lib/systemd/system/docker.service")),
            },
        ],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_answers_the_sixteen_numbers_in_order() -> None:
    assert [number for _role, _name, number, _title in WATCHED] == [f"1.1.{item}" for item in range(3, 19)]
    assert {role for role, *_rest in WATCHED} <= set(PLACES)


def test_shows_the_rules_that_count() -> None:
    seen = Case("daemon-json-not-audited", "fail", {"host": watched_by(a_rule("/etc", "r", recursive=True))}).judged()

    assert dict(seen.evidence) == {"audit rules": ["/etc r"]}
    assert "do not note every change" in str(seen.reason)


@pytest.mark.parametrize(
    ("check", "folder", "data_root"),
    [
        ("dockerd-not-audited", False, False),
        ("daemon-json-not-audited", False, False),
        ("etc-docker-not-audited", True, False),
        ("run-containerd-not-audited", True, False),
        ("data-root-not-audited", True, True),
    ],
)
def test_writes_a_rule_for_that_very_path(check: str, folder: bool, data_root: bool) -> None:
    fix = CATALOGUE[check].fix(a_file(key="/opt/there"))

    assert isinstance(fix, AuditFix)
    assert (fix.path, fix.folder, fix.data_root) == ("/opt/there", folder, data_root)
