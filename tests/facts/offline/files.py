"""Running secdash-collect as an administrator would: nothing but Python, and nothing in the environment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from secdash.facts.offline.assembling import assembled

BARE = [sys.executable, "-I", "-S", "-B"]


def run(folder: Path, key: str, *options: str, python: list[str] | None = None) -> subprocess.CompletedProcess[str]:
    """What it said; the snapshot is in `folder`."""
    file = folder / "secdash-collect.py"
    file.write_text(assembled(key), encoding="utf-8")
    command = [*(python or BARE), str(file), *options]
    return subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, check=False, timeout=60)


def collected(folder: Path, key: str, *options: str, python: list[str] | None = None) -> bytes:
    done = run(folder, key, "-o", "snapshot.sds", *options, python=python)
    assert done.returncode == 0, done.stderr
    return (folder / "snapshot.sds").read_bytes()
