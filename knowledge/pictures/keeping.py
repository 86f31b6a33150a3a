"""Keeps pictures: cleaned, once for each content, under an address that never means another picture."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from pathlib import Path

import msgspec
from django.db import transaction

from knowledge.models import Picture
from knowledge.pictures.bounds import MAX_BYTES, Clean
from knowledge.pictures.cleaning import as_it_was_kept, cleaned, too_large
from knowledge.problems import Refused
from secdash.accounts.models import User
from secdash.audit.recording import record

MARKUP = re.compile(r"([\\\[\]`*_!])")
KEPT_NAME = re.compile(r"([0-9a-f]{64})\.(?:png|jpg|webp|svg)")


class Kept(msgspec.Struct, frozen=True):
    """`removed` names what was taken out of the picture that its author may miss."""

    picture: Picture
    removed: tuple[str, ...] = ()


def keep(data: bytes, *, words: str, by: User | None, at: datetime) -> Kept:
    """The picture, which was there already where somebody sent the same. Raises Refused."""
    clean = cleaned(data)
    return Kept(_kept(clean, words, by, at), clean.removed)


def keep_exported(path: Path, *, name: str, by: User, at: datetime) -> bool:
    """Take in a file of an export under its own address; whether it was new. Raises Refused."""
    found = KEPT_NAME.fullmatch(path.name)
    if found is None or Picture.objects.filter(digest=found[1]).exists():
        return False
    if path.stat().st_size > MAX_BYTES:
        raise Refused(too_large())
    data = path.read_bytes()
    clean = as_it_was_kept(data) if hashlib.sha256(data).hexdigest() == found[1] else cleaned(data)
    _kept(clean, name, by, at)
    return True


@transaction.atomic
def _kept(clean: Clean, words: str, by: User | None, at: datetime) -> Picture:
    picture, made = Picture.objects.get_or_create(
        digest=hashlib.sha256(clean.content).hexdigest(),
        defaults={
            "name": words[:120],
            "kind": clean.kind,
            "width": clean.width,
            "height": clean.height,
            "content": clean.content,
            "by": by,
            "at": at,
        },
    )
    if made:
        record("picture.added", by=by, on=picture, after={"digest": picture.digest, "kind": clean.kind}, at=at)
    return picture


def address(picture: Picture) -> str:
    return f"/guide/pictures/{picture.digest}.{picture.kind}"


def markdown(picture: Picture, words: str) -> str:
    """The line that shows it in an article."""
    said = MARKUP.sub(r"\\\1", " ".join(words.split()))
    return f"![{said}]({address(picture)})"
