"""The proof on a real Engine: started with the rendered daemon.json, it passes what it failed before."""

from __future__ import annotations

import json
from typing import Any

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.engine import judge
from secdash.fixes import render
from tests.engine.dockerd import running_dockerd
from tests.fixes import on_engine

pytestmark = pytest.mark.engine

SECURE = "https://mirror.example.org/"
FAILING: dict[str, Any] = {"registry-mirrors": ["http://192.0.2.1:5000", SECURE]}
CHECKS = ("mirror-without-tls", "publishes-everywhere-by-default")


def test_the_engine_started_anew_passes() -> None:
    with running_dockerd(config=FAILING) as engine:
        now = on_engine.snapshot(engine)
    assert [verdict.status.value for verdict in judge(now, only=CHECKS)] == ["fail", "fail"]
    fixes = [CATALOGUE[name].fix(now.engine) for name in CHECKS]
    assert all(fixes)
    written = [json.loads(render(fix, now.engine, now).daemon_json or "") for fix in fixes if fix]

    with running_dockerd(config=FAILING | written[0] | written[1]) as engine:
        then = on_engine.snapshot(engine)

    assert [verdict.status.value for verdict in judge(then, only=CHECKS)] == ["pass", "pass"]
    assert then.engine.registry_mirrors == (SECURE,)
