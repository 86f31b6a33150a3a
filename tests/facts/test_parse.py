from __future__ import annotations

import copy
import random

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from secdash.facts.answers import Answers, Failure
from secdash.facts.message import say
from secdash.facts.model import Component, Container, Device, Port, Process, Snapshot, Ulimit, Unknown, dump, load
from secdash.facts.parse import parse, parse_container
from secdash.facts.parse.engine import parse_engine
from secdash.facts.parse.image import parse_image
from tests.engine.garbage import damaged_answers
from tests.engine.recordings import ENGINES, answers_of, container, recorded, recorded_names

DOCKERS = ("docker", "docker-28")
ANYWHERE = "0.0.0.0"  # noqa: S104 - read, not bound to


def snapshot_of(engine: str) -> Snapshot:
    return parse(answers_of(engine))


def by_name(snapshot: Snapshot) -> dict[str, Container]:
    assert isinstance(snapshot.containers, tuple)
    return {found.name: found for found in snapshot.containers}


@pytest.mark.parametrize("engine", ENGINES)
def test_reads_every_recorded_container_and_loses_nothing_when_stored(engine):
    snapshot = snapshot_of(engine)

    assert sorted(by_name(snapshot)) == recorded_names(engine)
    assert load(dump(snapshot)) == snapshot


# What was not recorded: it takes a question of its own for each container.
NOBODY_ASKED = {"processes", "written", "changed_programs", "files"}


@pytest.mark.parametrize("engine", DOCKERS)
def test_every_fact_of_a_recorded_docker_is_known_but_what_nobody_asked_for(engine):
    snapshot = snapshot_of(engine)

    for subject in (snapshot.engine, *snapshot.containers, *snapshot.images, *snapshot.networks, *snapshot.volumes):
        unknown = {name for name, fact in msgspec.structs.asdict(subject).items() if isinstance(fact, Unknown)}
        assert unknown <= NOBODY_ASKED, subject.key


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("c02_privileged", {"privileged": True, "state": "created"}),
        ("c03_hostnet", {"network_mode": "host"}),
        ("c04_hostpid", {"pid_mode": "host"}),
        ("c06_hostuts", {"uts_mode": "host"}),
        ("c09_capadd", {"cap_add": ("NET_ADMIN", "SYS_ADMIN")}),
        ("c10_hardened", {"user": "1000:1000", "memory": 67108864, "nano_cpus": 500000000, "pids_limit": 64}),
        ("c10_hardened", {"readonly_rootfs": True, "restart_policy": "on-failure", "restart_max": 5}),
        ("c14_restart_always", {"restart_policy": "always"}),
        ("c26_exited", {"state": "exited", "processes": ()}),
    ],
)
def test_reads_the_same_fact_from_every_engine(engine, name, facts):
    found = container(engine, name)

    assert {fact: getattr(found, fact) for fact in facts} == facts


@pytest.mark.parametrize("engine", DOCKERS)
@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("c02_privileged", {"masked_paths": None, "readonly_paths": None, "security_opt": ("label=disable",)}),
        ("c05_hostipc", {"ipc_mode": "host"}),
        ("c07_hostuserns", {"userns_mode": "host"}),
        ("c10_hardened", {"cap_drop": ("ALL",), "security_opt": ("no-new-privileges:true",)}),
        ("c10_hardened", {"tmpfs": (("/tmp", "rw,noexec,nosuid,nodev,size=16m"),), "ulimits": ()}),
        ("c10_hardened", {"log_options": (("max-file", "2"), ("max-size", "5m")), "log_driver": "json-file"}),
        ("c16_seccomp_unconf", {"security_opt": ("seccomp=unconfined",)}),
        ("c17_device", {"devices": (Device("/dev/vda", "/dev/xvda", "rwm"),)}),
        ("c18_ulimits", {"ulimits": (Ulimit("nofile", 1024, 2048), Ulimit("nproc", 64, 128))}),
        ("c19_legacy_link", {"links": ("/c01_default:/c19_legacy_link/db",)}),
        ("c01_default", {"pids_limit": 0, "init": None, "entrypoint": None, "command": ("sleep", "3600")}),
    ],
)
def test_reads_what_docker_says(engine, name, facts):
    found = container(engine, name)

    assert {fact: getattr(found, fact) for fact in facts} == facts


def test_reads_health_checks_and_their_state():
    (check,) = container("docker", "c10_hardened").healthcheck

    assert (check.test, check.interval, check.retries) == (("CMD", "true"), 5_000_000_000, 3)
    assert container("docker", "c10_hardened").health == "healthy"
    assert container("docker", "c01_default").healthcheck == ()
    assert container("docker", "c01_default").health == ""


def test_reads_mounts_as_the_engine_resolved_them():
    mounts = {mount.destination: mount for mount in container("docker", "c21_mounts").mounts}

    assert (mounts["/data"].type, mounts["/data"].name, mounts["/data"].read_only) == ("volume", "labvol", False)
    assert (mounts["/h"].type, mounts["/h"].source, mounts["/h"].read_only) == ("bind", "/srv/base", True)
    assert mounts["/scratch"].type == "tmpfs"


def test_leaves_out_the_alias_that_the_engine_made_from_the_id():
    for engine in ENGINES:
        (end,) = container(engine, "c27_usernet").attachments
        assert (end.network, end.aliases, end.address) == ("labnet", ("a1",), "")


@pytest.mark.parametrize("engine", DOCKERS)
def test_keeps_the_real_addresses_of_published_ports(engine):
    assert container(engine, "c11_ports_any").ports == (
        Port(22, "tcp", ANYWHERE, "22222"),
        Port(22, "tcp", "::", "22222"),
        Port(53, "udp", ANYWHERE, "28053"),
        Port(53, "udp", "::", "28053"),
        Port(8080, "tcp", ANYWHERE, "28080"),
    )


def test_keeps_podmans_empty_address():
    assert Port(22, "tcp", "", "22222") in container("podman", "c11_ports_any").ports


def _published(asked: object, running: object = None) -> tuple[Port, ...]:
    inspect = recorded("docker/inspect_c01_default.json")
    inspect["HostConfig"]["PortBindings"] = asked
    inspect["NetworkSettings"]["Ports"] = running
    found = parse_container({"Id": inspect["Id"]}, inspect, None, None, False)
    assert isinstance(found.ports, tuple)
    return found.ports


def test_knows_the_ports_of_a_stopped_container_from_what_was_asked_for():
    assert _published({"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}, {}) == (Port(80, "tcp", "", "8080"),)


@pytest.mark.parametrize("asked", ["", "0", "30000-32767", "32768-60999", "49153"])
def test_lists_a_binding_once_whether_its_port_was_chosen_by_us_or_by_the_engine(asked):
    running = {"80/tcp": [{"HostIp": ANYWHERE, "HostPort": "49153"}]}
    wanted = 1 if asked != "30000-32767" else 2

    assert len(_published({"80/tcp": [{"HostIp": "", "HostPort": asked}]}, running)) == wanted


def test_reads_ipv6_addresses_with_and_without_brackets():
    assert _published({"9001/tcp": [{"HostIp": "[::]", "HostPort": "9001"}]}) == (Port(9001, "tcp", "::", "9001"),)
    assert _published({"9001/tcp": [{"HostIp": "::1", "HostPort": "1"}]}) == (Port(9001, "tcp", "::1", "1"),)


def test_exposed_but_unpublished_ports_are_not_published():
    assert _published({}, {"443/tcp": None}) == ()


@pytest.mark.parametrize("engine", ["docker", "podman"])
def test_reads_the_users_and_programs_of_top(engine):
    assert container(engine, "c01_default").processes == (Process("root", "sleep"),)


@pytest.mark.parametrize(
    ("line", "program"),
    [
        ("/usr/sbin/nginx -g daemon off;", "nginx"),
        ("-bash", "bash"),
        ("sshd: alice [priv]", "sshd"),
        ("[kworker/0:1]", "[kworker/0:1]"),
        ("", ""),
    ],
)
def test_a_process_is_called_by_its_program(line, program):
    inspect = recorded("docker/inspect_c01_default.json")
    top = {"Titles": ["PID", "USER", "COMMAND"], "Processes": [["1", "root", line]]}

    assert parse_container({"Id": "a"}, inspect, top, None, False).processes == (Process("root", program),)


def test_reads_only_the_exec_sessions_that_run():
    inspect = {**recorded("docker/inspect_c01_default.json"), "ExecIDs": ["a", "b"]}
    process = {"entrypoint": "/bin/sh", "arguments": ["-c", "x"], "privileged": True, "user": "root"}
    execs = ({"Running": True, "ProcessConfig": process}, {"Running": False, "ProcessConfig": process})

    (session,) = parse_container({"Id": "a"}, inspect, None, execs, False).execs
    assert (session.privileged, session.user, session.command) == (True, "root", "sh")
    assert isinstance(parse_container({"Id": "a"}, inspect, None, None, False).execs, Unknown)


@pytest.mark.parametrize(
    ("test", "left"),
    [
        (["CMD-SHELL", "ask -u me"], 0),
        (["CMD", "/bin/sh", "-c", "ask -u me"], 0),
        (["CMD", "/bin/sh", "-c"], 1),
        (["CMD", "ask -u me"], 1),
        (["CMD-SHELL", "ask"], 1),
        (["CMD"], 1),
        (["NONE"], 1),
        ([], 1),
        ("ask", 1),
    ],
)
def test_what_the_health_check_runs_is_nobodys_session(test, left):
    inspect = {"ExecIDs": ["a"], "Config": {"Healthcheck": {"Test": test}}}
    process = {"entrypoint": "/bin/sh", "arguments": ["-c", "ask -u me"], "privileged": False, "user": "root"}

    execs = parse_container({"Id": "a"}, inspect, None, [{"Running": True, "ProcessConfig": process}], False).execs

    assert len(execs) == left


@pytest.mark.parametrize("execs", [Failure(say("no")), [Failure(say("no"))], [{}], [{"Running": True}], "text"])
def test_exec_sessions_that_could_not_be_read_are_unknown(execs):
    inspect = {**recorded("docker/inspect_c01_default.json"), "ExecIDs": ["a"]}

    assert isinstance(parse_container({"Id": "a"}, inspect, None, execs, False).execs, Unknown)


def test_exec_ids_of_another_form_are_unknown():
    inspect = {**recorded("docker/inspect_c01_default.json"), "ExecIDs": "a"}

    assert isinstance(parse_container({"Id": "a"}, inspect, None, [], False).execs, Unknown)


@pytest.mark.parametrize(
    "top",
    [
        {},
        {"Titles": ["PID"], "Processes": []},
        {"Titles": ["USER", "CMD"], "Processes": [["root"]]},
        {"Titles": ["USER", "CMD"], "Processes": [[1, 2]]},
        Failure(say("no")),
        [],
    ],
)
def test_a_process_list_that_makes_no_sense_is_unknown(top):
    inspect = recorded("docker/inspect_c01_default.json")

    assert isinstance(parse_container({"Id": "a"}, inspect, top, (), False).processes, Unknown)


def test_without_a_state_nobody_knows_whether_there_are_processes():
    assert isinstance(parse_container({"Id": "a"}, {}, None, (), False).processes, Unknown)


def test_device_requests_become_a_line_each():
    inspect = recorded("docker/inspect_c01_default.json")
    gpus = {"Driver": "nvidia", "Count": -1, "DeviceIDs": None, "Capabilities": [["gpu", "compute"], ["tpu"]]}
    one = {"Driver": "", "Count": 0, "DeviceIDs": ["0", "1"], "Capabilities": None}
    inspect["HostConfig"]["DeviceRequests"] = [gpus, one]

    found = parse_container({"Id": "a"}, inspect, None, (), False)
    assert found.device_requests == ("ids=0,1", "nvidia count=-1 capabilities=gpu compute|tpu")


def test_a_container_is_identified_by_inspect_alone_and_named_by_its_id_at_worst():
    inspect = recorded("docker/inspect_c01_default.json")

    assert parse_container({}, inspect, None, (), False).id == inspect["Id"]
    assert parse_container({"Id": "a" * 64}, {}, None, (), False).name == "a" * 12
    assert parse_container({"Id": "a" * 64, "Names": ["/web"]}, {}, None, (), False).name == "web"


def test_volumes_without_names_are_unknown():
    snapshot = parse(msgspec.structs.replace(answers_of("docker"), volumes={"Volumes": [{"Name": ""}]}))

    assert isinstance(snapshot.volumes, Unknown)


def test_podman_is_recognised_and_what_it_does_not_tell_is_unknown():
    snapshot = snapshot_of("podman")
    default = by_name(snapshot)["c05_hostipc"]

    assert snapshot.engine.podman
    assert snapshot.engine.name == "Podman Engine"
    for fact in (default.ipc_mode, default.userns_mode, default.masked_paths, default.readonly_paths):
        assert isinstance(fact, Unknown)
    for fact in (snapshot.engine.experimental, snapshot.engine.live_restore, snapshot.engine.insecure_cidrs):
        assert isinstance(fact, Unknown)
    assert default.ulimits == (Ulimit("nofile", 1024, 2048), Ulimit("nproc", 64, 4096))


@pytest.mark.parametrize(("engine", "profile"), [("docker", "default"), ("docker-28", "builtin")])
def test_reads_the_engine(engine, profile):
    found = snapshot_of(engine).engine

    assert (found.name, found.podman) == ("Docker Engine", False)
    assert found.security_options == (f"name=seccomp,profile={profile}",)
    assert Component("runc", {"docker": "1.1.5+ds1", "docker-28": "1.3.6+ds1"}[engine]) in found.components
    assert (found.storage_driver, found.live_restore, found.authorization_plugins) == ("overlay2", False, ())
    assert [(registry.name, registry.secure) for registry in found.registries] == [("docker.io", True)]
    assert (found.containers_total, found.swarm.state) == (28, "inactive")


def test_reads_a_hardened_daemon_and_a_swarm_manager():
    version = recorded("docker/version.json")
    nothing = Failure(say("not asked"))
    hardened, swarm = (
        parse(Answers(version, recorded(name), (), (), nothing, nothing)).engine
        for name in ("info_hardened_daemon.json", "info_swarm.json")
    )

    assert "name=userns" in hardened.security_options
    assert hardened.live_restore is True
    assert (swarm.swarm.state, swarm.swarm.manager, swarm.swarm.managers) == ("active", True, 1)


@pytest.mark.parametrize(
    ("time", "day"), [("2026-11-26T21:22:19.09333334Z", "2026-11-26"), ("2026-11-26T23:59:59+02:00", "2026-11-26")]
)
def test_keeps_of_the_hosts_time_its_day(time, day):
    assert parse_engine({}, {"SystemTime": time}).day == day


@pytest.mark.parametrize("time", ["", "2026-11-26", "yesterday", 1, None])
def test_a_time_of_another_form_is_no_day(time):
    assert isinstance(parse_engine({}, {"SystemTime": time}).day, Unknown)


def test_tells_where_a_secret_stands_and_never_what_it_is():
    config = {
        "Labels": {"deploy.token": "hunter2", "team": "shop"},
        "Entrypoint": ["serve", "--password=hunter2"],
        "Cmd": "redis://:hunter2@cache/0",
        "Healthcheck": {"Test": ["CMD-SHELL", "curl -H 'X-Api-Key: hunter2' x"]},
        "OnBuild": ["ENV PASSWORD=hunter2"],
    }
    told = parse_container({"Id": "a"}, {"Config": config}, None, (), podman=False).told_secrets

    assert told == (
        "Config.Entrypoint: its name",
        "Config.Cmd: a password in a URL",
        "Config.Healthcheck.Test: an API key",
        "Config.OnBuild: its name",
        "Config.Labels: deploy.token",
    )
    assert parse_image({}, {"Config": config}, []).told_secrets == told[:-1]


@pytest.mark.parametrize("config", [None, [], {"Cmd": 1}, {"Labels": ["a"]}, {"Healthcheck": ["a"]}, {"OnBuild": [1]}])
def test_a_configuration_of_another_form_tells_nothing(config):
    assert isinstance(parse_container({}, {"Config": config}, None, (), podman=False).told_secrets, Unknown)


def test_a_snapshot_of_before_loads_with_the_new_facts_unknown():
    stored = msgspec.json.decode(dump(snapshot_of("docker")))
    for subject in (*stored["containers"], *stored["images"]):
        del subject["told_secrets"]
    del stored["engine"]["day"]
    loaded = load(msgspec.json.encode(stored))

    assert all(isinstance(one.told_secrets, Unknown) for one in (*loaded.containers, *loaded.images))
    assert isinstance(loaded.engine.day, Unknown)


@pytest.mark.parametrize("engine", ENGINES)
def test_names_images_by_their_reference(engine):
    snapshot = snapshot_of(engine)

    assert {"docker": "deb:1", "docker-28": "bb:1", "podman": "docker.io/library/bb:latest"}[engine] in [
        image.key for image in snapshot.images
    ]
    assert all(isinstance(image.history, tuple) and image.history for image in snapshot.images)


def test_the_default_bridge_keeps_its_options_and_members():
    (bridge,) = (network for network in snapshot_of("docker").networks if network.name == "bridge")

    assert dict(bridge.options)["com.docker.network.bridge.enable_icc"] == "true"
    assert len(bridge.containers) > 3


def test_equal_states_listed_in_another_order_give_equal_bytes():
    answers = answers_of("docker")
    shuffled = copy.deepcopy(answers)
    order = random.Random(7)  # noqa: S311 - the same shuffle each time

    def mixed(things):
        return tuple(order.sample(list(things), len(things)))

    for found in shuffled.containers:
        for where in (found.inspect["Mounts"], found.inspect["HostConfig"]["CapAdd"] or []):
            where.reverse()
    shuffled = msgspec.structs.replace(
        shuffled,
        containers=mixed(shuffled.containers),
        images=mixed(shuffled.images),
        networks=mixed(shuffled.networks),
    )

    assert dump(parse(shuffled)) == dump(parse(answers))


def test_volatile_values_leave_no_trace():
    inspect = recorded("docker/inspect_c01_default.json")
    later = copy.deepcopy(inspect)
    later["State"] |= {"Pid": 99, "StartedAt": "2026-11-23T23:59:59Z"}
    later["NetworkSettings"]["SandboxID"] = "another"

    assert parse_container({"Id": "a"}, inspect, None, (), False) == parse_container(
        {"Id": "a"}, later, None, (), False
    )


@pytest.mark.parametrize(
    ("damage", "fact"),
    [
        (lambda inspect: inspect["HostConfig"].pop("Privileged"), "privileged"),
        (lambda inspect: inspect["HostConfig"].update(Privileged=None), "privileged"),
        (lambda inspect: inspect["HostConfig"].update(Privileged="true"), "privileged"),
        (lambda inspect: inspect["HostConfig"].update(CapAdd="SYS_ADMIN"), "cap_add"),
        (lambda inspect: inspect["HostConfig"].update(Memory=True), "memory"),
        (lambda inspect: inspect["HostConfig"].update(Memory=2**64), "memory"),
        (lambda inspect: inspect["HostConfig"].pop("CapAdd"), "cap_add"),
        (lambda inspect: inspect.update(Mounts=[{"Type": "bind"}]), "mounts"),
        (lambda inspect: inspect.update(HostConfig=[]), "pid_mode"),
        (lambda inspect: inspect["NetworkSettings"].update(Ports={"http": [{}]}), "ports"),
    ],
)
def test_a_fact_that_is_missing_or_of_a_wrong_type_is_unknown_and_names_its_place(damage, fact):
    inspect = recorded("docker/inspect_c01_default.json")
    damage(inspect)

    found = getattr(parse_container({"Id": "a"}, inspect, None, (), False), fact)
    assert isinstance(found, Unknown)
    assert dict(found.why.values)["path"]


def test_a_container_that_could_not_be_inspected_keeps_what_the_listing_told():
    line = recorded("docker/containers_list.json")[0]
    found = parse_container(line, Failure(say("The Engine refused.")), None, None, False)

    assert (found.name, found.image, found.state) == ("c28_containernet", "bb:1", "running")
    assert found.privileged == Unknown(say("The Engine refused."))


def test_a_listing_with_a_nameless_entry_is_unknown_as_a_whole():
    answers = answers_of("docker")
    nameless = msgspec.structs.replace(answers.containers[0], listed={"Names": ["/x"]})
    snapshot = parse(msgspec.structs.replace(answers, containers=(nameless, *answers.containers[1:])))

    assert isinstance(snapshot.containers, Unknown)
    assert isinstance(snapshot.images, tuple)


def test_a_listing_that_failed_says_why():
    why = say("The Engine refused with status %(status)s.", status=403)
    snapshot = parse(msgspec.structs.replace(answers_of("docker"), images=Failure(why), volumes=Failure(why)))

    assert snapshot.images == Unknown(why)
    assert snapshot.volumes == Unknown(why)


def test_names_in_html_stay_plain_data():
    inspect = recorded("docker/inspect_c01_default.json") | {"Name": "/<script>alert(1)</script>"}

    assert parse_container({"Id": "a"}, inspect, None, (), False).name == "<script>alert(1)</script>"


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(damaged_answers())
def test_whatever_the_answers_hold_a_snapshot_comes_out_that_survives_storing(answers):
    snapshot = parse(answers)

    assert load(dump(snapshot)) == snapshot


@pytest.mark.parametrize("engine", ENGINES)
def test_keeps_the_day_alone_of_starts_and_of_the_look(engine):
    snapshot = snapshot_of(engine)

    assert snapshot.engine.day == "2026-11-23"
    assert by_name(snapshot)["c01_default"].started == "2026-11-23"
    assert by_name(snapshot)["c02_privileged"].started == ""


@pytest.mark.parametrize(
    ("moment", "day"),
    [("2026-02-28T23:59:59.1+02:00", "2026-02-28"), ("0001-01-01T00:00:00Z", "")],
)
def test_reads_the_day_of_a_moment(moment, day):
    assert (
        parse(
            Answers(version={}, info={"SystemTime": moment}, containers=(), images=(), networks=(), volumes={})
        ).engine.day
        == day
    )


@pytest.mark.parametrize("moment", ["", "2026-02-30T00:00:00Z", "2026-02-28", "yesterday", 1, "٢٠٢٦-02-28T00:00:00Z"])
def test_a_day_that_is_none_is_unknown(moment):
    snapshot = parse(
        Answers(version={}, info={"SystemTime": moment}, containers=(), images=(), networks=(), volumes={})
    )

    assert isinstance(snapshot.engine.day, Unknown)


def test_loads_a_snapshot_that_was_stored_before_days_were_read():
    stored = msgspec.json.decode(dump(snapshot_of("docker")))
    del stored["engine"]["day"]
    for one in stored["containers"]:
        del one["started"]

    loaded = load(msgspec.json.encode(stored))

    assert isinstance(loaded.engine.day, Unknown)
    assert all(isinstance(one.started, Unknown) for one in loaded.containers)
