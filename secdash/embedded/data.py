"""The data directory: made once, private to its owner, with the key that signs sessions and links."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

KEY_BYTES = 48


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
