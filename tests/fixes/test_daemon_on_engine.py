"""The proof on a real Engine: started with the daemon.json that a fix was merged into, it passes what it failed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from secdash.checks import CATALOGUE
from secdash.checks.outcome import Status
from secdash.checks.remedy import DaemonFix
from secdash.facts.model import DaemonConfiguration, Setting, Snapshot
from secdash.fixes import render
from tests.build import a_host, an_engine
from tests.engine import parts
from tests.engine.dockerd import Dockerd, running_dockerd
from tests.fixes import on_engine

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("daemon")]

# What makes the daemon fail each check; all of them together make one daemon, and all fixes another.
FAILING: Mapping[str, Mapping[str, Any]] = {
    "icc-enabled": {"icc": True},
    "insecure-registry": {"insecure-registries": ["10.0.0.0/8", "old.example.org:5000"]},
    "daemon-no-new-privileges-off": {},
    "live-restore-off": {"live-restore": False},
    "experimental-features": {"experimental": True},
    "daemon-debug-on": {"debug": True},
    "logs-stay-on-host": {"log-driver": "json-file"},
    "daemon-log-level-changed": {"log-level": "debug"},
    "iptables-off": {"iptables": False},
    "default-ulimits-missing": {},
    "daemon-cgroup-parent-changed": {"cgroup-parent": "/mine"},
    "userland-proxy-on": {"userland-proxy": True},
    "unauthenticated-api": {},  # -H below: the address of the API cannot be in the file as well
}
NOT_HERE = {
    "daemon-seccomp-disabled": "needs an Engine of 23.0 or later: before, no profile could be switched off for all",
    "userns-remap-off": "would make an account on this machine",
    "deprecated-storage-driver": "needs a kernel with one of the drivers that are gone",
    "mirror-without-tls": "proved in test_engine_settings_on_engine",
    "publishes-everywhere-by-default": "proved in test_engine_settings_on_engine",
    "direct-routing-allowed": "needs an Engine of 28.2 or later",
}
OPEN: Sequence[str] = ("-H", "tcp://127.0.0.1:2375")
KEPT = {"labels": ["rack=7"]}  # what no fix may touch


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Of a CA that signs itself, as the server's too: the daemon only has to start with them."""
    parts.require_programs("openssl")
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "cert.pem"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run([*request, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return {"tlscacert": str(certificate), "tlscert": str(certificate), "tlskey": str(key)}


@pytest.fixture(scope="module")
def before(certificates: dict[str, str]) -> Iterator[Snapshot]:
    config = {**KEPT, **certificates, **{key: value for part in FAILING.values() for key, value in part.items()}}
    with running_dockerd(config=config, args=OPEN) as engine:
        yield seen(engine)


@pytest.fixture(scope="module")
def merged(before: Snapshot) -> str:
    """daemon.json with every fix in it, each merged into what the one before left."""
    snapshot = before
    for name in FAILING:
        fix = CATALOGUE[name].fix(snapshot.engine)
        assert isinstance(fix, DaemonFix)
        text = render(fix, snapshot.engine, snapshot).daemon_json
        assert text
        snapshot = with_file(snapshot, text)
    return text


@pytest.fixture(scope="module")
def after(merged: str) -> Iterator[Snapshot]:
    with running_dockerd(config=json.loads(merged), args=OPEN) as engine:
        yield seen(engine)


def seen(engine: Dockerd) -> Snapshot:
    return with_file(on_engine.snapshot(engine), (engine.folder / "daemon.json").read_text())


def with_file(snapshot: Snapshot, text: str) -> Snapshot:
    """What a reader of the host's files adds to the Engine's own answers."""
    in_file = tuple(Setting(name, value, "daemon.json") for name, value in json.loads(text).items())
    hosts = Setting("hosts", list(OPEN[1::2]), "command line")
    daemon = DaemonConfiguration("/etc/docker/daemon.json", text, (*in_file, hosts))
    return msgspec.structs.replace(snapshot, host=a_host(daemon=daemon))


def status(name: str, snapshot: Snapshot) -> Status:
    return CATALOGUE[name].judge(snapshot.engine, snapshot).status


@pytest.mark.parametrize("name", FAILING)
def test_the_mended_daemon_passes(name: str, before: Snapshot, after: Snapshot) -> None:
    assert status(name, before) is Status.FAIL
    assert status(name, after) is Status.PASS


def test_the_rest_of_the_file_is_as_it_was(merged: str, certificates: dict[str, str]) -> None:
    content = json.loads(merged)

    assert content["labels"] == KEPT["labels"]
    assert {key: content[key] for key in certificates} == certificates


def test_a_key_that_is_an_option_too_keeps_a_daemon_from_starting(tmp_path: Path) -> None:
    """Why such a key is not put into the file."""
    parts.require_programs("dockerd")
    file = tmp_path / "daemon.json"
    file.write_text('{"icc": false}')
    words = ["dockerd", "--config-file", str(file), "--icc=true", "--data-root", str(tmp_path / "data")]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=20)

    assert done.returncode != 0
    assert "specified both as a flag and in the configuration file" in done.stderr


def test_every_fix_of_the_daemon_is_proved_here_or_says_why_not() -> None:
    fixes = {name: entry.fix(an_engine()) for name, entry in CATALOGUE.items() if entry.kind == "engine"}

    assert {name for name, fix in fixes.items() if isinstance(fix, DaemonFix)} == set(FAILING) | set(NOT_HERE)
