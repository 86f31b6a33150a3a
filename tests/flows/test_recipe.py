"""The script for pipelines that the page of the interface shows, run as it stands there against a running product."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from secdash.api.reference import RECIPE
from tests.engine import parts
from tests.engine.replaying_server import recorded_routes, replaying
from tests.flows import made_once, product

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("recipe"), pytest.mark.timeout(600)]
KEY = "the same long random text in every process of this test"
WORKER = ("celery", "-A", "secdash", "worker", "--concurrency", "1", "--without-gossip", "--without-mingle")
READY = """
from django.utils import timezone
from secdash.accounts.services import first_administrator
from secdash.api import tokens
from secdash.api.models import Scope
from secdash.fleet import services
now = timezone.now()
services.register("web-01", kind="unix", address="{path}", at=now)
print(tokens.give(first_administrator(), name="Pipeline", scopes=(Scope.SCAN,), days=7, at=now).secret)
"""
LIVE_WITH_IT = """
from secdash.findings.models import Finding
from tests.findings.accepted import an_acceptance
for name in Finding.objects.open().filter(severity__gte=3).values_list("check_name", flat=True).distinct():
    an_acceptance("everywhere", check_name=name, covers="later")
"""
GONE = "from secdash.fleet.models import Connection; Connection.objects.update(address='/nowhere/docker.sock')"


@pytest.fixture
def running(tmp_path: Path, redis_url: str) -> Iterator[product.Product]:
    parts.require_programs("curl", "jq")
    url = redis_url.replace("/0", "/8")
    made_once.prepare(tmp_path, made_once.MIGRATE, REDIS_URL=url, SECDASH_SECRET_KEY=KEY)
    with product.services(tmp_path, (WORKER,), REDIS_URL=url, SECDASH_SECRET_KEY=KEY) as services:
        yield services


def run(script: str, token: str) -> tuple[int, str]:
    seen = {"PATH": os.environ["PATH"], "SECDASH_TOKEN": token}
    done = subprocess.run(["sh", "-c", script], env=seen, capture_output=True, text=True, timeout=300)
    return done.returncode, (done.stdout + done.stderr).strip()


def test_it_fails_a_build_where_something_grave_stands_open_and_says_when_it_could_not_look(running):
    script = RECIPE % {"root": f"{running.url}/api/v1"}
    with replaying(recorded_routes("docker")) as engine:
        token = running.manage("shell", "--no-imports", "-c", READY.format(path=engine.url.removeprefix("unix://")))
        grave = run(script, token.strip())
        running.manage("shell", "--no-imports", "-c", LIVE_WITH_IT)
        fine = run(script, token.strip())
    running.manage("shell", "--no-imports", "-c", GONE)
    unseen = run(script, token.strip())
    wrong = run(script, "secdash_nobody")

    number, _, words = grave[1].partition(" ")
    assert (grave[0], int(number) > 0, words) == (1, True, "critical or high findings stand open")
    assert fine == (0, "0 critical or high findings stand open")
    assert (unseen[0], unseen[1].partition(".sock")[0]) == (2, "There is no /nowhere/docker")
    assert wrong[0] not in (0, 1, 2)
