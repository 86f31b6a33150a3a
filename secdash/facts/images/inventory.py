"""From the notes of an image's layers to its facts: sorted, bounded, with paths that any page and database can take."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from secdash.facts import redact
from secdash.facts.images.layer import Layer, Note, visible
from secdash.facts.model import ImageFiles, Unknown

FORMAT = 1  # raise it when anything is read or noted in another way: what was kept before is then read again
MOST_LISTED = 200
LONGEST_PATH = 300
CONTROL = re.compile(r"[\x00-\x1f\x7f]")

OF_RECORDS = ("setuid", "capable", "secrets")
OF_PATHS = ("left_overs", "shells", "package_managers")


def inventory(layers: list[Layer]) -> ImageFiles:
    """The facts of a stack of layers, lowest first."""
    by_sort: dict[str, list[Note]] = {}
    for note in visible(layers):
        by_sort.setdefault(note.sort, []).append(note)
    listed = {sort: _sorted(by_sort.get(sort, ())) for sort in (*OF_RECORDS, *OF_PATHS)}
    too_many = {sort for sort, notes in listed.items() if len(notes) > MOST_LISTED}
    told = {note.path: note.value for sort, notes in by_sort.items() if sort not in listed for note in notes}
    facts: dict[str, Any] = {sort: tuple(map(_record, listed[sort][:MOST_LISTED])) for sort in OF_RECORDS}
    facts |= {sort: tuple(shown(note.path) for note in listed[sort][:MOST_LISTED]) for sort in OF_PATHS}
    return ImageFiles(
        **facts,
        **_accounts(told),
        distribution=told.get("etc/os-release", told.get("usr/lib/os-release")),
        cut=tuple(sorted(too_many.union(*(layer.cut for layer in layers)))),
    )


def shown(path: str) -> str:
    """A path as it is kept: absolute, of bounded length, without control characters and what looks like a secret."""
    plain = redact.masked_text(CONTROL.sub("\N{REPLACEMENT CHARACTER}", f"/{path}"))
    return plain if len(plain) <= LONGEST_PATH else f"{plain[: LONGEST_PATH - 1]}…"


def _sorted(notes: Iterable[Note]) -> list[Note]:
    """Each path once: a folder may be noted again by every layer that puts something into it."""
    return sorted({note.path: note for note in notes}.values(), key=lambda note: note.path)


def _record(note: Note) -> Any:
    return msgspec.structs.replace(note.value, path=shown(note.path))


def _accounts(told: dict[str, Any]) -> dict[str, Any]:
    in_passwd, shared_uids = _both(told.get("etc/passwd", ((), ())))
    in_shadow = told.get("etc/shadow", ())
    missing = next((found for found in (in_passwd, in_shadow) if isinstance(found, Unknown)), None)
    return {
        "without_password": missing or tuple(sorted({*in_passwd, *in_shadow})),
        "shared_uids": shared_uids,
        "shared_gids": told.get("etc/group", ()),
    }


def _both(passwd: Any) -> tuple[Any, Any]:
    return (passwd, passwd) if isinstance(passwd, Unknown) else passwd
