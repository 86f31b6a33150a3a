"""The words of a text as they are looked for: without case and accents, technical ones whole and in their pieces.

`--cap-add=NET_ADMIN` is the pieces cap, add, net, admin in this order, and the wholes cap-add=net_admin, cap-add and
net_admin; `read-only` is the whole readonly too. The index keeps a text as one line: each piece with its stem as
` piece~stem`, then each whole as ` |whole`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from knowledge.search.stems import stem

# What is stored was made by this version; raise it when the same text would come out otherwise.
VERSION = 1
LONGEST_WORD = 64
LONGEST_LINE = 300_000

CHUNK = re.compile(r"\w+(?:[./=:@+-]+\w+)*")
FOREIGN = re.compile(r"[^\w./=:@+-]+")
PARTS = re.compile(r"[/=:@+]+")
PIECES = re.compile(r"[\W_]+")
COMPOUND = re.compile(r"[^\W\d_]+-[^\W\d_]+")
JOINTS = "./=:@+-_"
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})  # the two of French that Unicode does not take apart


class Chunk(msgspec.Struct, frozen=True):
    """A word of the text with its place there. `wholes` holds technical words only, the longest first."""

    start: int
    end: int
    wholes: tuple[str, ...]
    pieces: tuple[str, ...]


def chunks(text: str) -> Iterator[Chunk]:
    for found in CHUNK.finditer(text):
        wholes, pieces = _taken_apart(found[0])
        if pieces:
            yield Chunk(found.start(), found.end(), wholes, pieces)


@lru_cache(maxsize=60_000)
def _taken_apart(word: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Its wholes and its pieces. Texts say the same words over and over: most are taken apart once a process."""
    whole = folded(word)
    pieces = tuple(_cut(PIECES.split(whole)))
    return (tuple(_wholes(whole)), pieces) if pieces else ((), ())


def folded(word: str) -> str:
    """Without case, accents and ligatures; only letters, digits and what joins them in technical words."""
    if word.isascii():
        return word.lower()
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold()).translate(LIGATURES)
    return FOREIGN.sub("", "".join(letter for letter in letters if not unicodedata.combining(letter)))


def line(text: str, language: str) -> str:
    """The text as the index keeps it. Begins and ends with a space, so that each word stands between two."""
    sequence: list[str] = []
    wholes: dict[str, None] = {}
    for chunk in chunks(text):
        sequence += (f"{piece}~{stem(piece, language)}" for piece in chunk.pieces)
        wholes.update(dict.fromkeys(f"|{whole}" for whole in chunk.wholes))
    written = " ".join([*sequence, *wholes])
    return f" {written[:LONGEST_LINE].rpartition(' ')[0] if len(written) > LONGEST_LINE else written} "


def _wholes(word: str) -> Iterator[str]:
    """The word and those of its parts that have pieces of their own."""
    parts = (part.strip(JOINTS) for part in dict.fromkeys([word, *PARTS.split(word)]))
    yield from _cut(part for part in parts if PIECES.search(part))
    if COMPOUND.fullmatch(word):
        yield from _cut([word.replace("-", "")])


def _cut(words: Iterable[str]) -> Iterator[str]:
    return (word[:LONGEST_WORD] for word in words if word)
