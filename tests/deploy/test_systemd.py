"""The units that are shipped: systemd takes them, they are hardened alike, and what they start works together."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from secdash.environment import BASE
from tests.engine import parts
from tests.flows import made_once, product
from tests.knowledge.search.databases import a_database

FOLDER = BASE / "deploy" / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))
SERVICES = ("web", "worker", "sender", "watcher", "beat")
HARDENED = {
    "User=secdash",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "RestrictNamespaces=yes",
    "SystemCallFilter=@system-service",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
    "UMask=0077",
}
KEY = "a long random text that every process of this installation has, as the settings ask for"
ALL_IN_ORDER = """
import sys, time
from django.utils import timezone
from secdash.api.health.looking import look
from secdash.watching.models import Watcher
def in_order():
    levels = {part.name: part.level for part in look(at=timezone.now())}
    parts = {levels[name] for name in ("worker", "sender", "clock", "queue")}
    return Watcher.objects.count() == 1 and parts == {"good"}
sys.exit(not any(in_order() or time.sleep(1) for _look in range(500)))
"""


def lines(name):
    return (FOLDER / f"secdash-{name}.service").read_text(encoding="utf-8").splitlines()


def commands(name, data, port):
    """What the unit starts, with the folders and the port of this test in place of those of an installation."""
    found = [line.removeprefix("ExecStart=") for line in lines(name) if line.startswith("ExecStart=")]
    moved = {
        "/opt/secdash/.venv/bin/": f"{Path(sys.executable).parent}/",
        "/var/lib/secdash": str(data),
        "127.0.0.1:8000": f"127.0.0.1:{port}",
        "%H": "here",
    }
    for there, here in moved.items():
        found = [text.replace(there, here) for text in found]
    return [shlex.split(text) for text in found]


def shipped_settings():
    """Names and values of the file that the units read."""
    text = (FOLDER / "secdash.env").read_text(encoding="utf-8")
    return dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_every_unit_is_hardened_alike(unit):
    assert set(unit.read_text(encoding="utf-8").splitlines()) >= HARDENED


def test_the_target_wants_all_services_and_each_belongs_to_it():
    target = (FOLDER / "secdash.target").read_text(encoding="utf-8")

    assert {f"secdash-{name}.service" for name in SERVICES} == {
        word for line in target.splitlines() if line.startswith("Wants=") for word in line[6:].split()
    }
    assert all("PartOf=secdash.target" in lines(name) for name in SERVICES)


def test_systemd_takes_them(tmp_path):
    parts.require_programs("systemd-analyze")
    for path in [*UNITS, FOLDER / "secdash.target"]:
        text = path.read_text(encoding="utf-8").replace("/opt/secdash/.venv/bin/", f"{Path(sys.executable).parent}/")
        (tmp_path / path.name).write_text(text.replace("/opt/secdash", str(BASE)))

    files = [str(path) for path in sorted(tmp_path.iterdir())]
    ran = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, check=False)

    assert (ran.returncode, [line for line in ran.stderr.splitlines() if "secdash" in line]) == (0, [])


@pytest.fixture
def seen(tmp_path, redis_url, postgres_url):
    """The settings of the shipped file, with servers of the tests, and secrets in files as docs/operations.md says."""
    url = a_database(postgres_url, "systemd")
    made_once.prepare(tmp_path, made_once.MIGRATE, DATABASE_URL=url, SECDASH_SECRET_KEY=KEY)
    (tmp_path / "database_url").write_text(url)
    (tmp_path / "redis_url").write_text(redis_url)
    (tmp_path / "secret_key").write_text(KEY)
    ours = {name: value.replace("/etc/secdash", str(tmp_path)) for name, value in shipped_settings().items()}
    ours |= {"SECDASH_DATA": str(tmp_path)}
    return product.environment(tmp_path, **ours)


@pytest.mark.services
@pytest.mark.timeout(900)
def test_what_they_start_works_together_without_any_capability(tmp_path, seen):
    bare = ["setpriv", "--no-new-privs", *(["--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else [])]
    port = seen["PORT"]
    for command in commands("migrate", tmp_path, port):
        done = subprocess.run([*bare, *command], cwd=BASE, env=seen, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    with ExitStack() as running, (tmp_path / "log").open("ab") as log:
        for name in SERVICES:
            (command,) = commands(name, tmp_path, port)
            process = parts.start(
                [*bare, *command], cwd=BASE, env=seen, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
            running.callback(parts.stop, process, within=30)
        ready = all_in_order(seen)
        said = (tmp_path / "log").read_text(errors="replace")
        answer = product.Product(f"http://127.0.0.1:{port}", (process,), tmp_path / "log", seen).ask("/health/ready")

    assert ready, said
    assert answer.status_code == 200
    assert json.loads(next(line for line in said.splitlines() if line.startswith("{")))["level"]


def all_in_order(seen):
    """Whether that came true: asked by one process, for each takes a processor seconds to start."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", ALL_IN_ORDER]
    return subprocess.run(command, cwd=BASE, env=seen, capture_output=True, timeout=800, check=False).returncode == 0
