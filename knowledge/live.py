"""Live blocks: the empty elements in stored sections that a page fills with the state of the reader's hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

import msgspec
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe

from knowledge.drawings import inlined
from secdash.checks import CATALOGUE
from secdash.checks.engine import Check

SLOT = re.compile(r'<div data-check="([a-z0-9-]+)"></div>\n?')


FAMILY = 5  # so many blocks in a row are folded into one, each of them fetched when it is looked at


class Piece(msgspec.Struct, frozen=True):
    """Either HTML, or the check whose live block stands here and where to fetch it, or a family of such pieces."""

    html: SafeString = mark_safe("")
    check: Check | None = None
    check_url: str = ""
    live_url: str = ""
    family: tuple[Piece, ...] = ()


def pieces(html: str, language: str) -> Iterator[Piece]:
    """Stored HTML and its live blocks in turn, many blocks in a row as one family."""
    for is_block, run in groupby(_pieces(html, language), key=lambda piece: piece.check is not None):
        several = tuple(run)
        if is_block and len(several) >= FAMILY:
            yield Piece(family=several)
        else:
            yield from several


def _pieces(html: str, language: str) -> Iterator[Piece]:
    """A block whose check is gone from the catalogue leaves nothing."""
    for index, part in enumerate(SLOT.split(html)):
        if index % 2 == 0:
            if part.strip():
                yield Piece(html=mark_safe(inlined(part)))  # noqa: S308 - sanitised before it was stored
        elif part in CATALOGUE:
            yield Piece(check=CATALOGUE[part], check_url=_check_url(part), live_url=_live_url(part, language))


def without_blocks(html: str) -> str:
    return SLOT.sub("", html)


def _check_url(check: str) -> str:
    try:
        return reverse("check", args=[check])
    except NoReverseMatch:
        return f"/checks/{check}/"


def _live_url(check: str, language: str) -> str:
    """Empty where nobody serves live blocks: the page then keeps the description of the check."""
    try:
        return f"{reverse('live-check', args=[check])}?lang={language}"
    except NoReverseMatch:
        return ""
