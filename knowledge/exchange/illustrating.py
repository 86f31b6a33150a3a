"""Pictures that come with imported texts: those of an export, and those that a text names by their place beside it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from knowledge.exchange import manifest
from knowledge.exchange.exporting import PICTURES
from knowledge.pictures.bounds import MAX_BYTES
from knowledge.pictures.keeping import address, keep, keep_exported
from knowledge.problems import Refused
from secdash.accounts.models import User

PICTURE = re.compile(r"!\[([^\[\]]*)\]\((?![a-z]+:|[/#\\])([^()\s]+\.(?:png|jpe?g|webp|svg))\)", re.IGNORECASE)
MAX_PICTURES = 2_000

Load = Callable[[str], bytes | None]


def exported(root: Path, *, by: User, at: datetime) -> tuple[int, list[str]]:
    """How many of an export's pictures were new, and what is wrong with those that were not taken."""
    names = manifest.load(root).files
    new, faults = 0, []
    for path in sorted((root / PICTURES).glob("*"))[:MAX_PICTURES]:
        shown = f"{PICTURES}/{path.name}"
        if path.is_symlink() or not path.is_file():
            continue
        try:
            name = names[shown].name if shown in names else ""
            new += keep_exported(path, name=name, by=by, at=at)
        except Refused as refused:
            faults.append(f"{shown}: {refused.message}")
    return new, faults


def illustrated(text: str, path: str, load: Load, *, by: User, at: datetime) -> tuple[str, list[str]]:
    """The text with the pictures beside it (`path` is its own) taken in, and what is wrong with those that were not."""
    faults: list[str] = []

    def taken(found: re.Match[str]) -> str:
        place = posixpath.normpath(posixpath.join(posixpath.dirname(path), found[2]))
        data = None if place.startswith("../") else load(place)
        if data is None:
            return found[0]
        try:
            return f"![{found[1]}]({address(keep(data, words=found[1], by=by, at=at).picture)})"
        except Refused as refused:
            faults.append(f"{place}: {refused.message}")
            return found[0]

    return PICTURE.sub(taken, text), faults


def beside(root: Path) -> Load:
    """Reads files below a directory, whatever links lie there."""

    def load(place: str) -> bytes | None:
        path = root / place
        if not path.is_file() or not path.resolve().is_relative_to(root.resolve()):
            return None
        return path.read_bytes() if path.stat().st_size <= MAX_BYTES else None

    return load
