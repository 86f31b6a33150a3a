"""What somebody typed, as terms: plain words, technical words, phrases in quotes. Nothing in it is an operator."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from knowledge.search.stems import COMMON, stem
from knowledge.search.words import Chunk, chunks

LONGEST = 200
MOST_TERMS = 12
SHORTEST_BEGINNING = 2
# CAP_NET_RAW is NET_RAW to Docker; cap_add and cap_drop are keys of Compose.
CAPABILITY = re.compile(r"\bcap_(?!add\b|drop\b)(?=\w)", re.IGNORECASE)
QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”|«([^»]*)»')


class Piece(msgspec.Struct, frozen=True):
    """One word; in a phrase it has no stem, for a phrase is meant as it stands."""

    exact: str
    stem: str


class Term(msgspec.Struct, frozen=True):
    """Pieces in a row, or the technical word they make. A beginning is a word that may go on, plain or technical."""

    pieces: tuple[Piece, ...]
    whole: str = ""
    beginning: bool = False

    @property
    def is_common(self) -> bool:
        return len(self.pieces) == 1 and bool(self.pieces[0].stem) and self.pieces[0].exact in COMMON


class Query(msgspec.Struct, frozen=True):
    """`row`: all words as typed, common ones included, for texts that hold them in this order."""

    terms: tuple[Term, ...]
    row: Term


def parse(text: str, language: str) -> Query:
    typed = list(_typed(text[:LONGEST], language))
    terms = [term for term in typed if not term.is_common] or typed
    terms = list(dict.fromkeys(terms))[:MOST_TERMS]
    if terms and terms[-1].pieces[-1].stem and len(terms[-1].pieces[-1].exact) >= SHORTEST_BEGINNING:
        terms[-1] = msgspec.structs.replace(terms[-1], beginning=True)
    pieces = tuple(piece for term in typed for piece in term.pieces)
    return Query(tuple(terms), Term(pieces))


def _typed(text: str, language: str) -> Iterator[Term]:
    at = 0
    for quoted in QUOTED.finditer(text):
        yield from _words(text[at : quoted.start()], language)
        yield from _phrase(chunks(quoted[quoted.lastindex or 1]))
        at = quoted.end()
    yield from _words(text[at:], language)


def _words(text: str, language: str) -> Iterator[Term]:
    for chunk in chunks(CAPABILITY.sub("", text)):
        pieces = tuple(Piece(piece, stem(piece, language)) for piece in chunk.pieces)
        yield Term(pieces, next(iter(chunk.wholes), ""))


def _phrase(words: Iterable[Chunk]) -> Iterator[Term]:
    pieces = tuple(Piece(piece, "") for chunk in words for piece in chunk.pieces)
    if pieces:
        yield Term(pieces)
