"""A change to daemon.json, merged into the file that is there."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from secdash.checks import CATALOGUE
from secdash.checks.remedy import DaemonFix, Drop, Fill, Put
from secdash.facts.message import say
from secdash.facts.model import DaemonConfiguration, Setting, Snapshot
from secdash.fixes import Rendered, render
from tests.build import UNSEEN, a_daemon, a_file, a_host, a_snapshot, an_engine

SUMMARY = say("Mend it.")
PLACE = "/srv/docker/daemon.json"
ROOTFUL = ("name=apparmor",)
NO_ICC = DaemonFix(SUMMARY, (Put("icc", False),))


def on(text: object, *settings: Setting, **engine: Any) -> Snapshot:
    """A host with this daemon.json and these settings."""
    daemon = DaemonConfiguration(PLACE, text, settings)  # type: ignore[arg-type]
    unit = a_file(key="/etc/systemd/system/docker.service", role="docker.service")
    return a_snapshot(
        engine=an_engine(**({"security_options": ROOTFUL} | engine)), host=a_host(daemon=daemon, files=(unit,))
    )


def rendered(fix: DaemonFix, snapshot: Snapshot) -> Rendered:
    return render(fix, snapshot.engine, snapshot)


def notes(result: Rendered) -> str:
    return " ".join(map(str, result.notes))


def test_writes_the_whole_file_with_the_key_in_it() -> None:
    result = rendered(NO_ICC, on('{\n    "debug": true\n}\n'))

    assert result.daemon_json == '{\n    "debug": true,\n    "icc": false\n}\n'
    assert (result.daemon_diff or "").splitlines() == [
        "--- a/srv/docker/daemon.json",
        "+++ b/srv/docker/daemon.json",
        "@@ -1,3 +1,4 @@",
        " {",
        '-    "debug": true',
        '+    "debug": true,',
        '+    "icc": false',
        " }",
    ]
    assert [line.kind for line in result.daemon_lines] == [" ", "-", "+", "+", " "]
    assert result.daemon_file == PLACE
    assert "has not read" not in notes(result)
    assert result.commands == (
        f"sudo dockerd --validate --config-file={PLACE}",
        "sudo systemctl restart docker",
    )


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_makes_a_file_where_there_is_none(text: str | None) -> None:
    result = rendered(NO_ICC, on(text))

    assert result.daemon_json == '{\n  "icc": false\n}\n'
    assert "+{" in (result.daemon_diff or "").splitlines()


def test_keeps_what_the_operator_chose() -> None:
    fix = DaemonFix(SUMMARY, (Put("tlsverify", True), Fill("tlskey", "/new"), Fill("tlscert", "/new"), Drop("debug")))
    result = rendered(fix, on('{"tlskey": "/mine", "debug": true}'))

    assert json.loads(result.daemon_json or "") == {"tlskey": "/mine", "tlsverify": True, "tlscert": "/new"}


@pytest.mark.parametrize("text", ['{"a": •••}', "not json", "[]", UNSEEN])
def test_gives_the_keys_alone_where_the_file_cannot_be_merged(text: object) -> None:
    result = rendered(NO_ICC, on(text))

    assert json.loads(result.daemon_json or "") == {"icc": False}
    assert result.daemon_lines == ()
    assert f"has not read {PLACE}" in notes(result)


def test_says_that_masked_values_are_to_be_kept() -> None:
    assert "put yours back" in notes(rendered(NO_ICC, on('{"labels": ["token=•••"]}')))
    assert "put yours back" not in notes(rendered(NO_ICC, on('{"labels": ["a=b"]}')))


@pytest.mark.parametrize("origin", ["unit", "command line"])
def test_an_option_of_the_unit_is_changed_there_and_not_in_the_file(origin: str) -> None:
    result = rendered(NO_ICC, on("{}", Setting("icc", True, origin)))

    assert result.daemon_json is None
    assert result.daemon_diff is None
    assert "Set --icc=false in the unit /etc/systemd/system/docker.service, not in the file" in notes(result)
    assert "must restart" in notes(result)
    assert result.commands == ("sudo systemctl edit --full docker", "sudo systemctl restart docker")


def test_an_option_that_is_too_many_is_taken_out_of_the_unit() -> None:
    fix = DaemonFix(SUMMARY, (Drop("insecure-registries"), Put("log-opts", {"a": "b"}), Fill("tlskey", "/k")))
    given = (Setting(name, "x", "unit") for name in ("insecure-registries", "log-opts", "tlskey"))
    said = notes(rendered(fix, on("{}", *given)))

    assert "Take --insecure-registry out of the unit /etc/systemd/system/docker.service" in said
    assert "Set --log-opt in the unit" in said
    assert "tlskey" not in said  # whatever the operator chose stays


def test_names_no_unit_where_there_is_none() -> None:
    snapshot = on("{}", Setting("icc", True, "command line"))
    bare = msgspec.structs.replace(snapshot, host=msgspec.structs.replace(snapshot.host, files=()))  # type: ignore[type-var]
    result = rendered(NO_ICC, bare)

    assert "--icc=false is given where the daemon is started" in notes(result)
    assert "sudo systemctl edit --full docker" not in result.commands


def test_only_the_key_in_conflict_is_left_out() -> None:
    fix = DaemonFix(SUMMARY, (Put("debug", False), Drop("insecure-registries")), reload=True)
    result = rendered(fix, on('{"debug": true}', Setting("insecure-registries", ["a:1"], "unit")))

    assert json.loads(result.daemon_json or "") == {"debug": False}
    assert "Take --insecure-registry out of the unit" in notes(result)
    assert len(result.commands) == 3
    assert result.commands[-1] == "sudo systemctl restart docker"


def test_a_setting_of_the_file_is_no_conflict() -> None:
    result = rendered(NO_ICC, on('{"icc": true}', Setting("icc", True, "daemon.json"), Setting("bip", "x", "unit")))

    assert json.loads(result.daemon_json or "") == {"icc": False}
    assert "unit" not in notes(result)


def test_an_engine_that_cannot_check_its_file_is_not_asked_to() -> None:
    assert rendered(NO_ICC, on("{}", version="20.10.24")).commands == ("sudo systemctl restart docker",)
    assert len(rendered(NO_ICC, on("{}", version="23.0.0")).commands) == 2
    assert len(rendered(NO_ICC, on("{}", version=UNSEEN)).commands) == 2


def test_a_rootless_daemon_is_its_users_own() -> None:
    snapshot = on("{}", security_options=("name=rootless",))
    blind = msgspec.structs.replace(snapshot, host=UNSEEN)

    assert rendered(NO_ICC, snapshot).commands[-1] == "systemctl --user restart docker"
    assert rendered(NO_ICC, blind).daemon_file == "~/.config/docker/daemon.json"


def test_every_fix_of_the_daemon_can_be_merged() -> None:
    """Whatever a check asks for ends as a file that the daemon reads, with all that was there."""
    snapshot = a_snapshot(host=a_host(daemon=a_daemon(labels=["a=b"], seccomp_profile="unconfined")))
    fixes = [entry.fix(snapshot.engine) for entry in CATALOGUE.values() if entry.kind == "engine"]
    results = [rendered(fix, snapshot) for fix in fixes if isinstance(fix, DaemonFix)]

    assert len(results) > 10
    assert all(json.loads(result.daemon_json or "")["labels"] == ["a=b"] for result in results)
