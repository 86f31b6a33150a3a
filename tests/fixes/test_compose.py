"""The rebuilt Compose service: what it says, what it leaves out, and what it admits not to know."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from secdash.facts.model import Attachment, Device, EnvName, Healthcheck, Mount, Port, Ulimit
from secdash.facts.redact import MASK
from secdash.fixes import compose, run
from tests.build import UNSEEN, a_bind, a_container, an_engine, an_image

NOTHING = {"image": "shop/web:1.4", "network_mode": "bridge"}
# A container of which nobody asked anything.
BARE: dict[str, Any] = {
    "user": "1000",
    "hostname": "web-id",
    "init": None,
    "cap_drop": (),
    "security_opt": (),
    "log_options": (),
    "network_mode": "default",
    "readonly_rootfs": False,
    "mounts": (),
    "memory": 0,
    "memory_swap": 0,
    "nano_cpus": 0,
    "pids_limit": 0,
    "ulimits": (),
    "restart_policy": "no",
    "log_driver": "fluentd",
    "ports": (),
}


def rebuilt(**facts: Any) -> dict[str, Any]:
    return compose.service(a_container(**BARE | facts), an_image(), an_engine())


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"user": "1000", "working_dir": "/srv", "env": (EnvName("PATH"),)},
        {"labels": (("com.docker.compose.project", "shop"), ("com.docker.swarm.task", "x"))},
        {"stop_signal": "SIGTERM", "pid_mode": "private", "uts_mode": "private"},
        {"memory_swap": 0, "shm_size": 64 << 20, "cgroupns_mode": "private", "runtime": "runc"},
        {"exposed_ports": ("8080/tcp",), "restart_policy": ""},
        {"privileged": False, "masked_paths": None, "readonly_paths": None},
    ],
)
def test_leaves_out_what_the_image_or_the_engine_says_by_itself(facts: dict[str, Any]) -> None:
    assert rebuilt(**facts) == NOTHING


@pytest.mark.parametrize(
    ("facts", "keys"),
    [
        ({"env": (EnvName("TOKEN", "its name"), EnvName("MODE", empty=True))}, {"environment": ["TOKEN", "MODE="]}),
        ({"command": ("serve", "--fast")}, {"command": ["serve", "--fast"]}),
        ({"entrypoint": ("/init",)}, {"entrypoint": ["/init"], "command": ["serve"]}),
        ({"hostname": "front"}, {"hostname": "front"}),
        ({"hostname": "berlin-1", "network_mode": "host"}, {"network_mode": "host"}),
        ({"init": False, "stop_timeout": 90}, {"init": False, "stop_grace_period": "1m30s"}),
        ({"healthcheck": (Healthcheck(("NONE",)),)}, {"healthcheck": {"disable": True}}),
        ({"restart_policy": "on-failure", "restart_max": 3}, {"restart": "on-failure:3"}),
        ({"restart_policy": "always", "restart_max": 0}, {"restart": "always"}),
        ({"privileged": True, "security_opt": ("label=disable",)}, {"privileged": True}),
        ({"security_opt": ("no-new-privileges",)}, {"security_opt": ["no-new-privileges=true"]}),
        ({"security_opt": ('seccomp={"a":1}',)}, {"security_opt": ["seccomp=./seccomp.json"]}),
        ({"masked_paths": (), "readonly_paths": ()}, {"security_opt": ["systempaths=unconfined"]}),
        ({"devices": (Device("/dev/a", "/dev/b", "r"),)}, {"devices": ["/dev/a:/dev/b:r"]}),
        ({"ipc_mode": "shareable", "cgroupns_mode": "host"}, {"ipc": "shareable", "cgroup": "host"}),
        ({"memory": 256 << 20, "memory_swap": 512 << 20}, {"mem_limit": "256m"}),
        ({"memory": 1000, "memory_swap": -1}, {"mem_limit": "1000b", "memswap_limit": -1}),
        ({"nano_cpus": 1_500_000_000, "cpu_quota": 150000, "cpu_period": 100000}, {"cpus": 1.5}),
        ({"ulimits": (Ulimit("core", 0, 0),)}, {"ulimits": {"core": 0}}),
        ({"log_driver": "json-file"}, {"logging": {"driver": "json-file"}}),
        ({"mounts": (a_bind("/srv", "/s", read_only=True),)}, {"volumes": ["/srv:/s:ro"]}),
        ({"mounts": (Mount("tmpfs", "", "/t", False),)}, {"volumes": [{"type": "tmpfs", "target": "/t"}]}),
        (
            {"mounts": (a_bind("/srv", "/a:b", propagation="rslave"),)},
            {"volumes": [{"type": "bind", "source": "/srv", "target": "/a:b", "bind": {"propagation": "rslave"}}]},
        ),
        (
            {"mounts": (Mount("npipe", "\\\\.\\pipe\\docker_engine", "\\\\.\\pipe\\docker_engine", False),)},
            {"volumes": [{"type": "npipe", **dict.fromkeys(("source", "target"), "\\\\.\\pipe\\docker_engine")}]},
        ),
        ({"ports": (Port(80, "udp", "::1", "81"),)}, {"ports": ["[::1]:81:80/udp"]}),
        ({"publish_all": True, "ports": (Port(80, "tcp", "::", "32768"),)}, {"x-publish-all": True}),
        ({"exposed_ports": ("8080/tcp", "9/tcp", "9/udp")}, {"expose": ["9", "9/udp"]}),
        ({"links": ("/db:/web/database", "/cache:/web/cache")}, {"external_links": ["db:database", "cache"]}),
        ({"auto_remove": True}, {"x-auto-remove": True}),
        ({"runtime": "kata"}, {"runtime": "kata"}),
    ],
)
def test_says_what_was_asked_for(facts: dict[str, Any], keys: dict[str, Any]) -> None:
    assert rebuilt(**facts) == NOTHING | keys


def test_names_the_network_it_was_created_on_first() -> None:
    ends = (Attachment("back"), Attachment("front", aliases=("web",), address="10.0.0.9"))

    found = rebuilt(network_mode="front", attachments=ends)["networks"]

    assert list(found.items()) == [("front", {"aliases": ["web"], "ipv4_address": "10.0.0.9"}), ("back", {})]


def test_writes_entrypoint_and_command_where_the_image_is_not_known() -> None:
    found = compose.service(a_container(**BARE | {"entrypoint": ("/init",)}))

    assert (found["entrypoint"], found["command"]) == (["/init"], ["serve"])


def test_clears_the_entrypoint_of_the_image() -> None:
    found = compose.service(a_container(**BARE), an_image(entrypoint=("/init",)), an_engine())

    assert (found["entrypoint"], found["command"]) == ([], ["serve"])


def test_leaves_out_what_podman_adds_by_itself() -> None:
    podmans: dict[str, Any] = {
        "env": (EnvName("container"), EnvName("HOME")),
        "stop_signal": "15",
        "stop_timeout": 0,
        "pids_limit": 2048,
        "shm_size": 65_536_000,
        "tmpfs": (("/t", "rw,rprivate,tmpcopyup"),),
        "network_mode": "bridge",
        "attachments": (Attachment("bridge"), Attachment("podman")),
    }
    found = compose.service(a_container(**BARE | podmans), an_image(), an_engine(podman=True))

    assert found == NOTHING | {"tmpfs": ["/t:rw"]}


@pytest.mark.parametrize(
    "name", [name for name in a_container().__struct_fields__ if name not in ("id", "name", "key")]
)
def test_an_unknown_fact_is_left_out_and_named(name: str) -> None:
    container = a_container(**{name: UNSEEN})

    service = compose.service(container, an_image(), an_engine())

    assert "Unknown" not in str(service)
    notes = [str(message) for message in compose.missing(container, an_image()) if "The test left this" in str(message)]
    assert notes == (
        [] if name in compose.SILENT else [f"{name.replace('_', ' ')} is not known and left out: {UNSEEN.why}"]
    )


def test_admits_values_that_it_never_kept() -> None:
    container = a_container(env=(EnvName("TOKEN"),), command=("serve", f"--key={MASK}"), security_opt=("seccomp={}",))

    notes = " ".join(map(str, compose.missing(container, an_image())))

    assert "Environment values" in notes
    assert MASK in notes
    assert "./seccomp.json" in notes


def test_writes_keys_in_one_order_and_knows_each_on_the_command_line() -> None:
    service = compose.service(a_container(), an_image(), an_engine())

    assert list(service) == sorted(service, key=compose.ORDER.index)
    assert set(service) <= run.known_keys() <= set(compose.ORDER)


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)


@given(command=st.lists(words), labels=st.dictionaries(words, words), name=words)
def test_yaml_reads_back_to_the_same_service(command: list[str], labels: dict[str, str], name: str) -> None:
    text = compose.to_yaml(name, {"image": "a", "command": command, "labels": labels}, comments=["a\nb: c"])

    service = yaml.safe_load(text)["services"][name]

    assert service["command"] == [word.replace("$", "$$") for word in command]
    assert service["labels"] == {label: value.replace("$", "$$") for label, value in labels.items()}


def test_names_what_exists_on_the_host_already_and_quotes_ports() -> None:
    service = {
        "image": "a",
        "volumes": ["data:/d:ro", "/srv:/s", "/anonymous", {"type": "volume", "source": "more", "target": "/a:b"}],
        "networks": {"front": {}},
        "ports": ["22:22"],
        "environment": ["TOKEN"],
    }
    read = yaml.safe_load(text := compose.to_yaml("web", service))

    assert read["volumes"] == {"data": {"external": True}, "more": {"external": True}}
    assert read["networks"] == {"front": {"external": True}}
    assert '"22:22"' in text
