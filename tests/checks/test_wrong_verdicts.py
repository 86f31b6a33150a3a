"""Verdicts that docker-bench-security 1.6.0 got wrong, row by row: we say what is true, or that we cannot know."""

from __future__ import annotations

import pytest

from secdash.checks import benchmark
from secdash.checks.engine import judge
from secdash.facts.model import DaemonConfiguration, Port, Process, Setting
from tests.build import a_bind, a_daemon, a_host, a_snapshot
from tests.checks.cases import Case, Facts

ROOTFUL = {"security_options": ("name=apparmor", "name=seccomp,profile=builtin")}
NO_APPARMOR = {"security_options": ("name=seccomp,profile=builtin",)}
OPENING_OPTIONS = ("seccomp=unconfined", "apparmor=unconfined", "label=disable", "no-new-privileges=false")


def says(check: str, facts: Facts) -> str:
    return Case(check, "pass", dict(facts)).judged().status.value


def test_1_2_2_an_engine_that_ended_in_2023_is_past_its_end() -> None:
    assert says("engine-end-of-life", {"version": "20.10.24"}) == "fail"


def test_2_7_mutual_tls_in_daemon_json_is_no_open_api() -> None:
    # With tlsverify the Engine has nothing to warn of, wherever it was configured.
    assert says("unauthenticated-api", {"warnings": ()}) == "pass"
    mutual = a_daemon(hosts=["fd://", "tcp://0.0.0.0:2376"], tlsverify=True)
    assert says("unauthenticated-api", {"warnings": (), "host": a_host(daemon=mutual)}) == "pass"


def test_2_3_the_log_level_counts_wherever_it_is_set() -> None:
    flag = DaemonConfiguration("/etc/docker/daemon.json", None, (Setting("log-level", "debug", "command line"),))
    assert says("daemon-log-level-changed", {"host": a_host(daemon=flag)}) == "fail"


def test_2_13_the_local_log_driver_is_not_remote() -> None:
    assert says("logs-stay-on-host", {"logging_driver": "local"}) == "fail"


def test_2_10_a_cgroup_parent_in_daemon_json_is_seen() -> None:
    changed = {"host": a_host(daemon=a_daemon(cgroup_parent="/rcp"))}
    assert says("daemon-cgroup-parent-changed", changed) == "fail"


def test_3_18_mode_606_is_writable_by_everybody() -> None:
    assert says("daemon-json-loose-mode", {"mode": 0o606}) == "fail"
    assert says("docker-file-writable", {"mode": 0o606}) == "fail"


def test_4_1_user_0_0_is_root() -> None:
    assert says("runs-as-root", {"user": "0:0", "engine": ROOTFUL}) == "fail"


def test_5_2_no_apparmor_in_the_kernel_is_not_applicable() -> None:
    assert says("apparmor-off", {"apparmor_profile": "", "engine": NO_APPARMOR}) == "not_applicable"


@pytest.mark.parametrize("option", OPENING_OPTIONS)
def test_5_3_no_option_passes_for_an_selinux_label(option: str) -> None:
    assert says("selinux-off", {"security_opt": (option,), "engine": NO_APPARMOR}) == "not_applicable"
    with_selinux = {"security_options": ("name=selinux",)}
    assert says("selinux-off", {"security_opt": (option,), "engine": with_selinux}) == "fail"


@pytest.mark.parametrize("namespace", ["pid_mode", "ipc_mode"])
def test_5_3_a_label_that_docker_dropped_itself_does_not_pass(namespace: str) -> None:
    facts = {namespace: "host", "security_opt": ("label=disable",), "engine": {"security_options": ("name=selinux",)}}
    assert says("selinux-off", facts) == "fail"


@pytest.mark.parametrize(
    ("source", "read_only"),
    [("/etc", True), ("/", True), ("/sys", True), ("/run", False), ("/usr/bin", True), ("/etc/ssl", False)],
)
def test_5_6_a_sensitive_path_is_seen_whatever_its_mode(source: str, read_only: bool) -> None:
    facts = {"mounts": (a_bind(source, read_only=read_only),)}
    answers = {says(check, facts) for check in benchmark.answered("1.6")["5.6"]}
    assert "fail" in answers


def test_5_6_the_root_of_the_host_is_named_once() -> None:
    facts = {"mounts": (a_bind("/", read_only=True),)}
    assert says("host-root-mounted", facts) == "fail"
    assert says("sensitive-host-path", facts) == "not_applicable"


def test_5_7_sshd_is_seen_without_ps_in_the_image() -> None:
    assert says("ssh-in-container", {"processes": (Process("0", "sshd"),)}) == "fail"


def test_5_8_5_14_a_port_on_ipv6_only_is_seen() -> None:
    assert says("published-on-all-interfaces", {"ports": (Port(9001, "tcp", "::", "9001"),)}) == "fail"
    assert says("privileged-port-published", {"ports": (Port(443, "tcp", "::", "443"),)}) == "fail"


def test_5_8_port_1024_needs_no_privilege() -> None:
    assert says("privileged-port-published", {"ports": (Port(80, "tcp", "127.0.0.1", "1024"),)}) == "pass"


def test_5_15_restart_always_is_unlimited() -> None:
    assert says("unlimited-restarts", {"restart_policy": "always", "restart_max": 0}) == "fail"


def test_5_18_all_devices_by_a_mount_or_a_rule() -> None:
    assert says("host-devices", {"mounts": (a_bind("/dev", "/dev"),)}) == "fail"
    assert says("host-devices", {"device_cgroup_rules": ("c *:* rwm",)}) == "fail"


def test_5_26_no_new_privileges_false_is_off() -> None:
    assert says("no-new-privileges-off", {"security_opt": ("no-new-privileges=false",)}) == "fail"


def test_unconfined_system_paths_unmask_proc() -> None:
    assert says("unmasked-proc", {"masked_paths": (), "readonly_paths": (), "security_opt": ()}) == "fail"


@pytest.mark.parametrize("source", ["/run", "/"])
def test_5_32_a_folder_above_the_socket_holds_the_socket(source: str) -> None:
    assert says("docker-socket-mounted", {"mounts": (a_bind(source, "/host"),)}) == "fail"


@pytest.mark.parametrize("state", ["created", "exited"])
def test_a_stopped_container_is_one_start_away(state: str) -> None:
    stopped = {"state": state, "processes": ()}
    assert says("privileged-container", stopped | {"privileged": True}) == "fail"
    assert says("capabilities-added", stopped | {"cap_add": ("ALL",)}) == "fail"
    assert says("dangerous-capability", stopped | {"cap_add": ("ALL",)}) == "fail"


def test_7_an_inactive_swarm_passes_nothing_of_section_7() -> None:
    section_7 = {
        name for number, names in benchmark.answered("1.6").items() if number.startswith("7.") for name in names
    }
    verdicts = list(judge(a_snapshot(services=(), networks=()), only=section_7))

    assert len(section_7) == 6
    assert {verdict.status for verdict in verdicts} == {"not_applicable"}
