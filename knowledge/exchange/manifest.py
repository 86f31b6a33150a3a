"""What an export wrote into a directory: kept there, so that the next one touches nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

NAME = ".guide-export.json"


class Entry(msgspec.Struct, frozen=True):
    """The digest of a file as it was written, and the revision it holds, or what a picture is called in the list."""

    digest: str
    revision: int = 0
    name: str = ""


class Manifest(msgspec.Struct):
    files: dict[str, Entry] = msgspec.field(default_factory=dict)


def load(root: Path) -> Manifest:
    """An empty one where there is none, or none that can be read: then nothing there counts as ours."""
    try:
        return msgspec.json.decode((root / NAME).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError):
        return Manifest()


def save(root: Path, manifest: Manifest) -> None:
    data = msgspec.json.format(msgspec.json.encode(manifest, order="deterministic"), indent=1)
    (root / NAME).write_bytes(data + b"\n")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
