"""What the checks say of managed plugins."""

from __future__ import annotations

from typing import Any

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import CommandFix
from secdash.facts.model import Plugin
from tests.build import UNSEEN, an_engine
from tests.checks.cases import Case, cases


def a_plugin(**facts: Any) -> Plugin:
    """An enabled plugin that was granted nothing."""
    harmless = {"network": "none", "host_pid": False, "host_ipc": False, "all_devices": False}
    rest = {"name": "acme/logs:1", "enabled": True, "capabilities": (), "sources": ("/var/lib/docker/plugins/",)}
    return Plugin(**(harmless | rest | facts))


WIDE: tuple[dict[str, Any], ...] = (
    {"network": "host"},
    {"host_pid": True},
    {"host_ipc": True},
    {"all_devices": True},
    {"capabilities": ("CHOWN", "SYS_ADMIN")},
    {"sources": ("/",)},
    {"sources": ("/data", "/var/run/docker.sock")},
)

CASES: tuple[Case, ...] = (
    *cases(
        "privileged-plugin",
        passes=[
            {},
            {"plugins": (a_plugin(), a_plugin(network="bridge", capabilities=("CHOWN", "SYS_NICE")))},
            {"plugins": (a_plugin(enabled=False, **WIDE[0]),)},
        ],
        fails=[{"plugins": (a_plugin(name="other"), a_plugin(**granted))} for granted in WIDE],
        unknown=[{"plugins": UNSEEN}],
        not_applicable=[{"podman": True}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_shows_that_no_plugin_was_granted_much() -> None:
    assert dict(Case("privileged-plugin", "pass", {"plugins": (a_plugin(),)}).judged().evidence) == {"plugins": []}


def test_says_what_each_was_granted_and_disables_those_alone() -> None:
    plugins = (
        a_plugin(network="host", capabilities=("SYS_ADMIN",), sources=("/",)),
        a_plugin(name="small"),
        a_plugin(name="off", enabled=False, host_pid=True),
        a_plugin(name="all", host_pid=True, host_ipc=True, all_devices=True),
    )
    said = Case("privileged-plugin", "fail", {"plugins": plugins}).judged()
    assert dict(said.evidence) == {
        "plugins, acme/logs:1": "Network.Type host, SYS_ADMIN, /",
        "plugins, all": "PidHost, IpcHost, AllowAllDevices",
    }
    fix = CATALOGUE["privileged-plugin"].fix(an_engine(plugins=plugins))
    assert isinstance(fix, CommandFix)
    assert fix.lines == (
        "docker plugin inspect acme/logs:1",
        "docker plugin disable acme/logs:1",
        "docker plugin inspect all",
        "docker plugin disable all",
    )
