"""The data directory: made once, private to its owner, with the key that signs sessions and links."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KEY_BYTES = 48


class InUse(Exception):
    """Another process runs everything from this directory."""


@contextmanager
def held(data: Path) -> Iterator[None]:
    """Hold the directory: two sets of processes would take each other's queue away. Raises InUse, OSError."""
    prepare(data)
    with (data / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InUse from error
        yield


def prepare(data: Path) -> None:
    """Make the directory and its key. Raises OSError where the place cannot be written."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = data / "secret.key"
    try:
        descriptor = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(KEY_BYTES) + "\n")
