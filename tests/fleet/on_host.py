"""What secdash sees of a host in a network of its own, asked by a process in there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import msgspec

from secdash.environment import BASE
from secdash.facts.endpoint import Endpoint
from tests.engine.own_root import OwnRoot

TRIED = """
import json, sys
from secdash.facts import endpoint, trying
url, kind, fields = json.load(sys.stdin)
identity = getattr(endpoint, kind)(**fields) if kind else None
trial = trying.try_connection(endpoint.Endpoint(url, identity))
print("passed" if trial.passed else trial)
"""


def tried(host: OwnRoot, endpoint: Endpoint) -> str:
    """Whether that passes, else all that is known of it."""
    identity: Any = endpoint.identity
    fields = msgspec.to_builtins(identity) if identity else {}
    told = json.dumps((endpoint.url, type(identity).__name__ if identity else "", fields))
    return run(host, [sys.executable, "-c", TRIED], told).stdout.strip()


def run(host: OwnRoot, command: list[str], told: str = "") -> subprocess.CompletedProcess[str]:
    here = {**os.environ, "PYTHONPATH": str(BASE)}
    return subprocess.run(
        [*host.enter, *command], input=told, text=True, capture_output=True, check=False, timeout=60, env=here
    )
