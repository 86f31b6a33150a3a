"""What is read of an Engine beside its settings: runtimes, proxies, plugins, and how its networks were made."""

from __future__ import annotations

from typing import Any

import pytest

from secdash.facts import redact
from secdash.facts.answers import Answers, Failure
from secdash.facts.message import say
from secdash.facts.model import Engine, Network, Plugin, Proxy, Snapshot, Subnet, Unknown, dump, known
from secdash.facts.parse import parse
from secdash.facts.parse.engine import parse_engine
from tests.engine.recordings import answers_of, recorded

VERSION = recorded("docker/version.json")
PODMAN = recorded("podman/version.json")
PLUGIN = {
    "Name": "acme/nfs:latest",
    "Enabled": True,
    "Settings": {
        "Args": [],
        "Env": ["TOKEN=hunter2hunter2"],
        "Devices": None,
        "Mounts": [{"Source": "/mnt", "Destination": "/mnt"}, {"Source": None}, {"Source": "/data"}],
    },
    "Config": {
        "Network": {"Type": "host"},
        "PidHost": False,
        "IpcHost": True,
        "Linux": {"Capabilities": ["CAP_SYS_ADMIN", "cap_chown"], "AllowAllDevices": True, "Devices": None},
    },
}


def engine(plugins: Any = (), version: Any = VERSION, **info: Any) -> Engine:
    return parse_engine(version, recorded("docker/info.json") | info, plugins)


def test_reads_what_a_plugin_was_granted_and_none_of_its_settings() -> None:
    found = engine([PLUGIN])
    assert found.plugins == (
        Plugin("acme/nfs:latest", True, "host", False, True, True, ("CHOWN", "SYS_ADMIN"), ("/data", "/mnt")),
    )
    assert "hunter2" not in str(found)


def test_a_plugin_that_was_granted_nothing_may_leave_everything_out() -> None:
    for config in ({}, {"Network": None, "Linux": {"Capabilities": None}, "PidHost": None}):
        found = known(engine([{"Name": "small", "Enabled": False, "Config": config}]).plugins)
        assert found == (Plugin("small", False, "", False, False, False, (), ()),)


@pytest.mark.parametrize(
    "answer", [Failure(say("It was refused.")), {"a": 1}, [{"Name": "x"}], [None], [{**PLUGIN, "Config": None}]]
)
def test_plugins_that_were_refused_or_are_garbage_are_unknown(answer: Any) -> None:
    assert isinstance(engine(answer).plugins, Unknown)


def test_an_engine_without_plugins_says_null_or_an_empty_list() -> None:
    assert engine(None).plugins == engine([]).plugins == ()


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("http://proxy.example.org:3128", "none"),
        ("http://proxy.example.org:3128/a:b@c", "none"),
        ("http://alice@proxy.example.org:3128", "none"),
        ("http://alice:@proxy.example.org:3128", "none"),
        ("http://alice:secret@proxy.example.org:3128", "shown"),
        ("alice:secret@proxy.example.org:3128", "shown"),
        ("socks5://alice:se@cret@proxy.example.org", "shown"),
        ("http://xxxxx:xxxxx@proxy.example.org:3128", "masked"),
        ("http://alice:***@proxy.example.org:3128", "masked"),
        ("http://alice:xxxxxx@proxy.example.org:3128", "shown"),
    ],
)
def test_says_whether_a_proxy_has_a_password_and_keeps_no_address(url: str, password: str) -> None:
    assert redact.password_in(url) == password
    found = engine(HttpsProxy=url)
    assert found.proxies == (Proxy("HttpsProxy", password),)
    assert "example.org" not in str(found.proxies)


@pytest.mark.parametrize("empty", ["", None])
def test_no_proxy_is_none(empty: Any) -> None:
    assert engine(HttpProxy=empty, HttpsProxy=empty).proxies == ()
    assert isinstance(engine(HttpProxy=1, HttpsProxy="http://a:b@c").proxies, Unknown)


def test_reads_where_each_runtime_is() -> None:
    runtimes = {"runsc": {"runtimeType": "io.containerd.runsc.v1"}, "runc": {"path": "runc"}, "odd": {}}
    assert engine(Runtimes=runtimes).runtime_paths == (
        ("odd", ""),
        ("runc", "runc"),
        ("runsc", "io.containerd.runsc.v1"),
    )
    assert isinstance(engine(Runtimes={"runc": None}).runtime_paths, Unknown)


def test_podmans_table_of_runtimes_and_missing_plugins_are_unknown() -> None:
    found = engine([], PODMAN)
    assert isinstance(found.runtime_paths, Unknown)
    assert isinstance(found.plugins, Unknown)
    assert found.proxies == ()


def networks(recording: str) -> dict[str, Network]:
    return {network.name: network for network in known(parse(answers_of(recording)).networks)}


def test_reads_how_a_network_was_made() -> None:
    assert networks("docker")["labnet"].subnets == (Subnet("172.23.0.0/16", "172.23.0.1"),)
    assert networks("docker")["labnet"].labels == (("x", "y"),)
    assert networks("docker-28")["none"].subnets == ()
    assert networks("podman")["labint"].subnets == (Subnet("10.89.1.0/24"),)
    assert networks("podman")["labint"].attachable is False


def test_reads_ranges_and_reserved_addresses() -> None:
    config = {"Subnet": "10.1.0.0/16", "IPRange": "10.1.2.0/24", "AuxiliaryAddresses": {"nas": "10.1.0.9"}}
    network = recorded("docker/networks_inspect.json")[0] | {"IPAM": {"Config": [config]}, "Attachable": True}
    (found,) = known(parse(answers_with(networks=(network,))).networks)
    assert found.subnets == (Subnet("10.1.0.0/16", "", "10.1.2.0/24", (("nas", "10.1.0.9"),)),)
    assert found.attachable is True


def test_masks_labels_of_networks() -> None:
    network = recorded("docker/networks_inspect.json")[0] | {"Labels": {"api_token": "hunter2hunter2"}}
    assert b"hunter2" not in dump(parse(answers_with(networks=(network,))))


def test_what_nobody_asked_is_unknown() -> None:
    seen: Snapshot = parse(answers_with())
    assert isinstance(seen.engine.plugins, Unknown)


def answers_with(networks: Any = ()) -> Answers:
    return Answers(VERSION, recorded("docker/info.json"), (), (), networks, {})
