"""The services of a swarm, from what a manager really answered."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from secdash.facts import model
from secdash.facts.answers import Failure
from secdash.facts.message import say
from secdash.facts.model import Mount, Port, Service, Unknown, known
from secdash.facts.parse.engine import parse_engine
from secdash.facts.parse.services import count_secrets, parse_services
from tests.engine.recordings import recorded

DAYS_90 = 7_776_000_000_000_000
REFUSED = Failure(say("The Engine refused."))


def services() -> dict[str, Service]:
    return {service.name: service for service in known(parse_services(recorded("swarm_services_varied.json")))}


def changed(**container_spec: Any) -> Service:
    """The bare service with these keys in its ContainerSpec."""
    (entry,) = (copy.deepcopy(e) for e in recorded("swarm_services_varied.json") if e["Spec"]["Name"] == "bare")
    entry["Spec"]["TaskTemplate"]["ContainerSpec"] |= container_spec
    (service,) = known(parse_services([entry]))
    return service


def test_a_service_is_known_by_its_name() -> None:
    assert [(s.kind, s.key, s.name) for s in services().values()] == [
        ("service", "bare", "bare"),
        ("service", "rich", "rich"),
    ]


def test_the_template_says_what_the_service_says() -> None:
    rich = services()["rich"].template

    assert (rich.user, rich.readonly_rootfs, rich.image) == ("1000", True, "bb:1")
    assert (rich.cap_add, rich.cap_drop) == (("SYS_ADMIN",), ("NET_RAW",))
    assert (rich.memory, rich.nano_cpus, rich.pids_limit) == (67108864, 500_000_000, 50)
    assert [limit.name for limit in known(rich.ulimits)] == ["nofile"]
    assert known(rich.healthcheck)[0].test == ("CMD-SHELL", "true")
    assert known(rich.mounts) == (
        Mount("bind", "/var/run", "/r", True),
        Mount("tmpfs", "", "/t", False),
        Mount("volume", "v", "/v", False, name="v"),
    )


def test_ports_are_read_whichever_way_they_are_published() -> None:
    assert known(services()["rich"].ports) == (Port(80, "tcp", "", "8080"), Port(81, "tcp", "", "81"))
    assert services()["bare"].ports == ()


def test_what_a_service_leaves_out_is_unlimited_or_the_image_decides() -> None:
    bare = services()["bare"].template

    assert (bare.memory, bare.nano_cpus, bare.pids_limit, bare.readonly_rootfs) == (0, 0, 0, False)
    assert (bare.cap_add, bare.mounts, bare.env, bare.security_opt) == ((), (), (), ())
    assert isinstance(bare.user, Unknown)
    assert isinstance(bare.healthcheck, Unknown)


def test_no_value_of_a_secret_is_kept() -> None:
    whole = str(services())

    assert "hunter2" not in whole
    assert "--token=abc" not in whole
    assert [(entry.name, bool(entry.secret)) for entry in known(services()["rich"].template.env)] == [
        ("DB_PASSWORD", True)
    ]


@pytest.mark.parametrize(
    ("privileges", "option"),
    [
        ({"Seccomp": {"Mode": "unconfined"}}, "seccomp=unconfined"),
        ({"AppArmor": {"Mode": "disabled"}}, "apparmor=unconfined"),
        ({"SELinuxContext": {"Disable": True}}, "label=disable"),
        ({"NoNewPrivileges": True}, "no-new-privileges=true"),
        ({"NoNewPrivileges": False}, "no-new-privileges=false"),
    ],
)
def test_privileges_read_like_security_options(privileges: dict[str, Any], option: str) -> None:
    assert changed(Privileges=privileges).template.security_opt == (option,)


@pytest.mark.parametrize(
    "privileges", [{"Seccomp": {"Mode": "default"}}, {"AppArmor": {"Mode": "default"}}, {"SELinuxContext": {}}, None]
)
def test_privileges_at_their_default_say_nothing(privileges: Any) -> None:
    assert changed(Privileges=privileges).template.security_opt == ()


def test_a_volume_that_is_a_bind_in_disguise_reads_as_one() -> None:
    options = {"DriverConfig": {"Name": "local", "Options": {"type": "none", "o": "ro,bind", "device": "/etc"}}}
    mounts = [{"Type": "volume", "Source": "v", "Target": "/t", "VolumeOptions": options}]

    (mount,) = known(changed(Mounts=mounts).template.mounts)

    assert (mount.type, mount.source, mount.name) == ("bind", "/etc", "")


def test_a_volume_of_a_disk_stays_a_volume() -> None:
    options = {"DriverConfig": {"Options": {"type": "ext4", "device": "/dev/sdb1"}}}
    mounts = [{"Type": "volume", "Source": "v", "Target": "/t", "VolumeOptions": options}]

    (mount,) = known(changed(Mounts=mounts).template.mounts)

    assert (mount.type, mount.name) == ("volume", "v")


def test_shared_propagation_is_seen() -> None:
    mounts = [{"Type": "bind", "Source": "/srv", "Target": "/s", "BindOptions": {"Propagation": "rshared"}}]
    assert known(changed(Mounts=mounts).template.mounts)[0].propagation == "rshared"


@pytest.mark.parametrize(
    ("spec", "fact"),
    [
        ({"Mounts": "x"}, "mounts"),
        ({"Mounts": [{"Type": 7}]}, "mounts"),
        ({"CapabilityAdd": {}}, "cap_add"),
        ({"ReadOnly": "yes"}, "readonly_rootfs"),
        ({"User": 1000}, "user"),
        ({"Env": 5}, "env"),
    ],
)
def test_what_is_malformed_is_unknown(spec: dict[str, Any], fact: str) -> None:
    assert isinstance(getattr(changed(**spec).template, fact), Unknown)


@pytest.mark.parametrize("answer", [REFUSED, {}, [{}], [{"ID": "x"}], [{"ID": "x", "Spec": {"Name": ""}}], "no"])
def test_a_listing_that_makes_no_sense_is_unknown(answer: Any) -> None:
    assert isinstance(parse_services(answer), Unknown)


def test_nobody_asks_an_engine_that_manages_no_swarm() -> None:
    assert parse_services(None) == ()
    assert count_secrets(None) == 0


def test_secrets_are_counted_and_nothing_else() -> None:
    assert count_secrets(recorded("swarm_secrets.json")) == 1
    assert count_secrets([]) == count_secrets(None) == 0
    assert isinstance(count_secrets(REFUSED), Unknown)


def test_info_tells_a_managers_settings() -> None:
    swarm = known(parse_engine(recorded("docker/version.json"), recorded("info_swarm.json")).swarm)

    assert (swarm.manager, swarm.autolock, swarm.certificate_life) == (True, False, DAYS_90)


def test_outside_a_swarm_the_settings_are_unknown() -> None:
    swarm = known(parse_engine(recorded("docker/version.json"), recorded("docker/info.json")).swarm)

    assert swarm.state == "inactive"
    assert swarm.autolock == swarm.certificate_life == model.ONLY_MANAGERS_TELL
