"""Which real parts of the system a test may use, and what happens where one is missing."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest


def require(part: bool, reason: str) -> None:
    """Go on where the part is there. Without it a laptop skips the test; CI fails it, since CI promises all parts."""
    if part:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{reason}, and CI must have it (make test-system)", pytrace=False)
    pytest.skip(reason)


def require_programs(*names: str) -> None:
    for name in names:
        require(shutil.which(name) is not None, f"{name} is not installed")


def start(command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
    """A child that the kernel kills with us, even where we are killed ourselves."""
    return subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "--", *command], **options)


def stop(process: subprocess.Popen[bytes], *, within: float = 15) -> None:
    """Ask the process to end; kill it where it does not."""
    process.terminate()
    try:
        process.wait(within)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], *, within: float = 20) -> bool:
    """Whether `ready` came true before the process died or the time was up."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline and process.poll() is None:
        if ready():
            return True
        time.sleep(0.05)
    return False


def free_port() -> int:
    """A loopback port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
