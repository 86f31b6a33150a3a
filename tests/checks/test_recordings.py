"""What the checks say of real Engines' answers: Docker 20.10, Docker 28 and Podman."""

from __future__ import annotations

from functools import cache

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.engine import Verdict, judge
from secdash.checks.remedy import ComposeFix, Drop, Exclude
from secdash.facts.model import known
from secdash.facts.parse import parse
from secdash.facts.parse.engine import parse_engine
from secdash.fixes.compose import service
from tests.build import a_snapshot
from tests.engine.recordings import ENGINES, answers_of, recorded

DOCKERS = ("docker", "docker-28")


@cache
def verdicts(engine: str) -> dict[tuple[str, str], Verdict]:
    """Of a recorded Engine, by check and subject's name."""
    return {(verdict.check, verdict.subject.name): verdict for verdict in judge(parse(answers_of(engine)))}


def failing(engine: str, check: str) -> set[str]:
    return {name for (of, name), verdict in verdicts(engine).items() if of == check and verdict.status == "fail"}


def status(engine: str, check: str, subject: str = "engine") -> str:
    found = verdicts(engine)
    key = next(name for of, name in found if of == check) if subject == "engine" else subject
    return found[check, key].status.value


PLANTED = [
    ("privileged-container", {"c02_privileged"}),
    ("host-network", {"c03_hostnet"}),
    ("host-pid", {"c04_hostpid"}),
    ("host-uts", {"c06_hostuts"}),
    ("capabilities-added", {"c09_capadd"}),
    ("dangerous-capability", {"c09_capadd"}),
    ("published-on-all-interfaces", {"c11_ports_any"}),
    ("unlimited-restarts", {"c14_restart_always"}),
    ("seccomp-disabled", {"c02_privileged", "c16_seccomp_unconf"}),
    ("host-devices", {"c17_device"}),
    ("host-root-mounted", {"c20_hostroot"}),
    ("sensitive-host-path", {"c20_hostroot"}),
    ("docker-socket-mounted", {"c08_dockersock", "c20_hostroot"}),
    ("secret-in-environment", {"c22_secrets_env"}),
    ("shared-mount-propagation", {"c23_sharedprop"}),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("check", "names"), PLANTED)
def test_finds_exactly_what_was_planted(engine: str, check: str, names: set[str]) -> None:
    assert failing(engine, check) == names


@pytest.mark.parametrize("engine", ENGINES)
def test_finds_nothing_in_the_hardened_container_but_what_it_lacks(engine: str) -> None:
    lacking = {check for (check, name), v in verdicts(engine).items() if name == "c10_hardened" and v.status == "fail"}
    # What 20.10 hides of /proc and /sys is its own choice, and too little.
    by_the_engine = {"masked-paths-outdated"} if engine == "docker" else set()
    assert lacking <= {"no-ulimits", "moving-tag", "no-digest"} | by_the_engine


@pytest.mark.parametrize("engine", DOCKERS)
def test_docker_alone_tells_ipc_and_masked_paths(engine: str) -> None:
    assert failing(engine, "host-ipc") == {"c05_hostipc"}
    assert failing(engine, "unmasked-proc") == {"c24_label_disable"}


@pytest.mark.parametrize("engine", DOCKERS)
@pytest.mark.parametrize(
    ("check", "names"),
    [
        ("legacy-link", {"c19_legacy_link"}),
        ("unhealthy-container", {"c13_health"}),
        ("risky-sysctl", set()),
        ("joins-powerful-container", {"c28_containernet"}),
        ("device-controls-host", {"c17_device"}),
        ("oom-killer-evaded", set()),
        ("exposed-host-control", set()),
        ("masked-paths-incomplete", set()),
    ],
)
def test_finds_on_docker_exactly_what_was_planted(engine: str, check: str, names: set[str]) -> None:
    assert failing(engine, check) == names


@pytest.mark.parametrize("engine", DOCKERS)
@pytest.mark.parametrize("check", ["default-capabilities-kept", "log-rotation-missing"])
def test_only_the_hardened_container_has_more_than_dockers_defaults(engine: str, check: str) -> None:
    assert {name for (of, name), v in verdicts(engine).items() if of == check and v.status == "pass"} == {
        "c10_hardened"
    }


def test_an_engine_of_2022_masks_too_little() -> None:
    assert status("docker", "masked-paths-outdated", "c01_default") == "fail"
    assert status("docker-28", "masked-paths-outdated", "c01_default") == "pass"


@pytest.mark.parametrize("engine", DOCKERS)
def test_cgroup_version_1_shares_its_namespace_by_default(engine: str) -> None:
    assert status(engine, "host-cgroup-namespace", "c01_default") == "not_applicable"


@pytest.mark.parametrize(
    ("check", "container"),
    [
        ("host-ipc", "c01_default"),
        ("host-ipc", "c05_hostipc"),
        ("unmasked-proc", "c01_default"),
        ("unmasked-proc", "c24_label_disable"),
        ("default-bridge", "c27_usernet"),
        ("log-rotation-missing", "c10_hardened"),
        ("logs-discarded", "c10_hardened"),
        ("risky-sysctl", "c25_initoom"),
        ("default-capabilities-kept", "c01_default"),
        ("masked-paths-outdated", "c10_hardened"),
        ("host-cgroup-namespace", "c10_hardened"),
        ("shareable-ipc", "c01_default"),
        ("loose-tmpfs", "c10_hardened"),
        ("joins-powerful-container", "c01_default"),
        ("insecure-registry", "engine"),
        ("unauthenticated-api", "engine"),
        ("logs-stay-on-host", "engine"),
        ("experimental-features", "engine"),
        ("engine-end-of-life", "engine"),
    ],
)
def test_what_podman_hides_is_unknown(check: str, container: str) -> None:
    assert status("podman", check, container) == "unknown"


@pytest.mark.parametrize(
    "check", ["icc-enabled", "live-restore-off", "no-authorization-plugin", "swarm-mode-on", "userns-remap-off"]
)
def test_what_podman_does_not_have_is_not_applicable(check: str) -> None:
    assert status("podman", check) == "not_applicable"


def test_podman_shows_that_all_capabilities_were_dropped() -> None:
    assert status("podman", "default-capabilities-kept", "c10_hardened") == "pass"


# What section 2 of the benchmark asks, of 20.10 and of 28 as they were recorded: default settings, and no TCP.
SECTION_2 = {
    "rootful-daemon": ("fail", "fail"),
    "icc-enabled": ("fail", "fail"),
    "insecure-registry": ("pass", "pass"),
    "deprecated-storage-driver": ("pass", "not_applicable"),
    "unauthenticated-api": ("pass", "pass"),
    "userns-remap-off": ("fail", "fail"),
    "no-authorization-plugin": ("fail", "fail"),
    "logs-stay-on-host": ("fail", "fail"),
    "daemon-no-new-privileges-off": ("unknown", "fail"),
    "live-restore-off": ("fail", "fail"),
    "daemon-seccomp-disabled": ("pass", "pass"),
    "experimental-features": ("pass", "pass"),
}


@pytest.mark.parametrize("check", SECTION_2)
def test_answers_section_2_of_both_dockers(check: str) -> None:
    assert (status("docker", check), status("docker-28", check)) == SECTION_2[check]


def test_the_built_in_seccomp_profile_is_one_under_both_of_its_names() -> None:
    options = {engine: known(parse(answers_of(engine)).engine.security_options) for engine in DOCKERS}
    assert options == {"docker": ("name=seccomp,profile=default",), "docker-28": ("name=seccomp,profile=builtin",)}


# In the order of ENGINES.
OF_THE_ENGINE = {
    "cgroup-v1": ("fail", "fail", "fail"),
    "no-mandatory-access-control": ("fail", "fail", "fail"),
    "daemon-warnings": ("pass", "pass", "not_applicable"),
    "enhanced-isolation-off": ("not_applicable", "not_applicable", "not_applicable"),
    "unfamiliar-runtime": ("pass", "pass", "not_applicable"),
    "runtime-in-open-folder": ("pass", "pass", "not_applicable"),
    "privileged-plugin": ("pass", "pass", "not_applicable"),
    "mirror-without-tls": ("pass", "pass", "unknown"),
    "proxy-password-shown": ("pass", "pass", "pass"),
    "publishes-everywhere-by-default": ("fail", "fail", "not_applicable"),
    "api-reachable-from-containers": ("unknown", "unknown", "unknown"),
    "direct-routing-allowed": ("not_applicable", "unknown", "not_applicable"),
    "volume-sprawl": ("pass", "pass", "pass"),
}


@pytest.mark.parametrize("check", OF_THE_ENGINE)
def test_judges_the_recorded_engines(check: str) -> None:
    assert tuple(status(engine, check) for engine in ENGINES) == OF_THE_ENGINE[check]


@pytest.mark.parametrize("engine", ENGINES)
def test_finds_no_fault_with_ordinary_networks(engine: str) -> None:
    of_networks = [check for check, entry in CATALOGUE.items() if entry.kind == "network"]
    assert [check for check in of_networks if failing(engine, check)] == []
    assert len({name for of, name in verdicts(engine) if of in of_networks}) >= 3


def test_podman_shows_when_a_container_may_gain_privileges() -> None:
    assert status("podman", "no-new-privileges-off", "c10_hardened") == "pass"
    assert status("podman", "no-new-privileges-off", "c01_default") == "fail"


@pytest.mark.parametrize("engine", DOCKERS)
def test_a_distributions_build_of_an_ended_line_is_unknown(engine: str) -> None:
    assert status(engine, "engine-end-of-life") == "unknown"


@pytest.mark.parametrize(
    ("engine", "check", "expected"),
    [
        ("docker", "engine-known-vulnerability", "unknown"),
        ("docker", "engine-known-weakness", "unknown"),
        ("docker", "runc-known-escape", "unknown"),
        ("docker", "runc-known-weakness", "unknown"),
        ("docker", "containerd-known-vulnerability", "unknown"),
        ("docker", "containerd-end-of-life", "unknown"),
        ("docker", "authorization-bypass", "not_applicable"),
        ("docker-28", "engine-known-vulnerability", "unknown"),
        ("docker-28", "runc-known-escape", "pass"),
        ("docker-28", "runc-known-weakness", "unknown"),
        ("docker-28", "containerd-known-vulnerability", "pass"),
        ("docker-28", "containerd-known-weakness", "pass"),
        ("docker-28", "containerd-end-of-life", "unknown"),
        ("podman", "engine-known-vulnerability", "not_applicable"),
        ("podman", "authorization-bypass", "not_applicable"),
        ("podman", "containerd-known-vulnerability", "not_applicable"),
        ("podman", "containerd-end-of-life", "not_applicable"),
        ("podman", "runc-known-escape", "unknown"),
        ("podman", "runc-known-weakness", "unknown"),
        ("podman", "kernel-end-of-life", "pass"),
        ("podman", "desktop-known-escape", "not_applicable"),
        ("podman", "nvidia-toolkit-escape", "not_applicable"),
    ],
)
def test_what_a_distribution_built_is_passed_by_its_number_or_left_to_its_tracker(
    engine: str, check: str, expected: str
) -> None:
    assert status(engine, check) == expected


def test_the_default_of_no_new_privileges_shows_since_24() -> None:
    assert status("docker", "daemon-no-new-privileges-off") == "unknown"
    assert status("docker-28", "daemon-no-new-privileges-off") == "fail"
    assert status("docker", "no-new-privileges-off", "c01_default") == "unknown"
    assert status("docker-28", "no-new-privileges-off", "c01_default") == "fail"


@pytest.mark.parametrize(
    ("recording", "check", "expected"),
    [
        ("info_hardened_daemon.json", "userns-remap-off", "pass"),
        ("info_hardened_daemon.json", "live-restore-off", "pass"),
        ("info_swarm.json", "swarm-mode-on", "fail"),
        ("info_swarm.json", "live-restore-off", "not_applicable"),
    ],
)
def test_judges_other_recorded_daemons(recording: str, check: str, expected: str) -> None:
    snapshot = a_snapshot(engine=parse_engine(recorded("docker/version.json"), recorded(recording)))
    (verdict,) = judge(snapshot, only=[check])
    assert verdict.status == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_one_verdict_per_check_and_subject(engine: str) -> None:
    seen = [(v.check, v.subject.kind, v.subject.key) for v in judge(parse(answers_of(engine)))]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_fix_takes_away_only_what_the_rebuilt_service_has(engine: str) -> None:
    snapshot = parse(answers_of(engine))
    containers = {container.name: container for container in known(snapshot.containers)}
    looked_at = 0
    for (check, name), verdict in verdicts(engine).items():
        fix = CATALOGUE[check].fix(containers[name]) if verdict.status == "fail" and name in containers else None
        if not isinstance(fix, ComposeFix):
            continue
        rebuilt = service(containers[name], engine=snapshot.engine)
        for change in fix.changes:
            if isinstance(change, Exclude | Drop):
                looked_at += 1
                assert change.key in rebuilt, (check, name)
            if isinstance(change, Exclude):
                assert set(change.items) <= set(rebuilt[change.key]), (check, name)
    assert looked_at > 10
