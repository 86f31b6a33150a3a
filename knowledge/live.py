"""Live blocks: the empty elements in stored sections that a page fills with the state of the reader's hosts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import groupby
from urllib.parse import urlencode

import msgspec
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from knowledge.drawings import inlined
from secdash.checks import CATALOGUE
from secdash.checks.engine import Check

SLOT = re.compile(r'<div data-check="([a-z0-9-]+)"></div>\n?')
FAMILY = 5  # so many blocks in a row are folded into one
EDITION = "1.6"  # of the benchmark whose numbers are said

JUDGES: dict[str, Promise] = {
    "engine": _("judges each host and its Engine"),
    "container": _("judges each container"),
    "image": _("judges each image"),
    "network": _("judges each network"),
    "volume": _("judges each volume"),
    "file": _("judges files of each host"),
    "service": _("judges each service of a swarm"),
}


class Blocks(Enum):
    """How the blocks of a page come to life: all by one request, each by its own, or not at all."""

    TOGETHER = "together"
    SINGLY = "singly"
    DESCRIBED = "described"


class Piece(msgspec.Struct, frozen=True):
    """Either HTML, or the check whose live block stands here, or a family of such pieces.

    `live_url`: where to fetch the block, "" where the page fetches all of them or nobody does.
    """

    html: SafeString = mark_safe("")
    check: Check | None = None
    check_url: str = ""
    live_url: str = ""
    family: tuple[Piece, ...] = ()

    @property
    def judges(self) -> str:
        """What the check looks at."""
        return str(JUDGES[self.check.kind]) if self.check else ""

    @property
    def cis(self) -> str:
        """Its numbers in the benchmark, "" for none."""
        return ", ".join(self.check.cis.get(EDITION, ())) if self.check else ""

    @property
    def checks(self) -> tuple[str, ...]:
        return (self.check.name,) if self.check else tuple(one.check.name for one in self.family if one.check)


def pieces(html: str, language: str, blocks: Blocks = Blocks.SINGLY) -> Iterator[Piece]:
    """Stored HTML and its live blocks in turn, many blocks in a row as one family."""
    for is_block, run in groupby(_pieces(html, language, blocks), key=lambda piece: piece.check is not None):
        several = tuple(run)
        if is_block and len(several) >= FAMILY:
            yield Piece(family=several)
        else:
            yield from several


def together_url(found: Iterable[Piece], language: str) -> str:
    """Where to fetch all blocks among these pieces at once; "" where there are none, or nobody serves them."""
    names = [name for piece in found for name in piece.checks]
    query = urlencode({"lang": language, "checks": ",".join(names)}, safe=",")
    url = _reversed("live-checks")
    return f"{url}?{query}" if names and url else ""


def _pieces(html: str, language: str, blocks: Blocks) -> Iterator[Piece]:
    """A block whose check is gone from the catalogue leaves nothing."""
    for index, part in enumerate(SLOT.split(html)):
        if index % 2 == 0:
            if part.strip():
                yield Piece(html=mark_safe(inlined(part)))  # noqa: S308 - sanitised before it was stored
        elif part in CATALOGUE:
            yield _block(CATALOGUE[part], language, blocks)


def described(check: Check) -> Piece:
    """The description of a check, with the way to its page."""
    return Piece(check=check, check_url=_reversed("check", check.name))


def _block(check: Check, language: str, blocks: Blocks) -> Piece:
    if blocks is Blocks.DESCRIBED:
        return Piece(check=check)
    live = _reversed("live-check", check.name) if blocks is Blocks.SINGLY else ""
    return msgspec.structs.replace(described(check), live_url=f"{live}?lang={language}" if live else "")


def without_blocks(html: str) -> str:
    return SLOT.sub("", html)


def _reversed(name: str, *arguments: str) -> str:
    """ "" where nobody serves that address: the page then keeps the description of the check."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
