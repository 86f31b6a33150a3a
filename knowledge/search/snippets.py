"""The place of a text that says most about a query, and which of its words were looked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from knowledge.search.query import Piece, Query, Term
from knowledge.search.stems import stem
from knowledge.search.words import Chunk, chunks

WIDTH = 190
LEAD_IN = 50
MOST_PLACES = 60
ELLIPSIS = "…"


class Run(NamedTuple):
    """Some text, and whether it is what was looked for."""

    text: str
    marked: bool


class Match(NamedTuple):
    """A word of the text, and the numbers of the terms it belongs to."""

    start: int
    end: int
    terms: frozenset[int]


def marked(text: str, query: Query, language: str) -> tuple[Run, ...]:
    """The whole text with its matches marked."""
    return tuple(_runs(text, 0, len(text), matches(text, query, language)))


def snippet(text: str, query: Query, language: str) -> tuple[Run, ...]:
    """About a line and a half around the best place, cut between words; the beginning where nothing matches."""
    found = matches(text, query, language)
    start, end = _window(text, _best(found))
    before = [Run(f"{ELLIPSIS} ", False)] if start else []
    after = [Run(f" {ELLIPSIS}", False)] if end < len(text) else []
    return (*before, *_runs(text, start, end, found), *after)


def matches(text: str, query: Query, language: str) -> list[Match]:
    words = list(chunks(text))
    pieces = [(Piece(piece, stem(piece, language)), at) for at, word in enumerate(words) for piece in word.pieces]
    found: dict[int, frozenset[int]] = {}
    for number, term in enumerate(query.terms):
        for at in _places(pieces, term):
            found[at] = found.get(at, frozenset()) | {number}
    return [_match(words[at], found[at]) for at in sorted(found)]


def _match(word: Chunk, terms: frozenset[int]) -> Match:
    return Match(word.start, word.end, terms)


def _places(pieces: Sequence[tuple[Piece, int]], term: Term) -> Iterator[int]:
    """Numbers of the words that hold the term, or a part of it in its row."""
    length = len(term.pieces)
    for at in range(len(pieces) - length + 1):
        row = pieces[at : at + length]
        if all(_same(term, wanted, piece) for wanted, (piece, _word) in zip(term.pieces, row, strict=True)):
            yield from (word for _piece, word in row)


def _same(term: Term, wanted: Piece, piece: Piece) -> bool:
    goes_on = term.beginning and len(term.pieces) == 1 and piece.exact.startswith(wanted.exact)
    return piece.exact == wanted.exact or goes_on or (bool(wanted.stem) and piece.stem == wanted.stem)


def _best(found: Sequence[Match]) -> int:
    """Where the window begins that holds most terms, then most matches; the first of equals."""

    def worth(at: int) -> tuple[int, int]:
        inside = [match for match in places[at:] if match.end <= places[at].start + WIDTH - LEAD_IN]
        return len({term for match in inside for term in match.terms}), len(inside)

    places = found[:MOST_PLACES]
    return places[max(range(len(places)), key=worth)].start if places else 0


def _window(text: str, best: int) -> tuple[int, int]:
    if len(text) <= WIDTH + LEAD_IN:
        return 0, len(text)
    start = text.rfind(" ", 0, max(best - LEAD_IN, 0)) + 1 if best > LEAD_IN else 0
    end = text.rfind(" ", start + LEAD_IN, start + WIDTH) if start + WIDTH < len(text) else len(text)
    return start, end if end > best else min(start + WIDTH + LEAD_IN, len(text))


def _runs(text: str, start: int, end: int, found: Sequence[Match]) -> Iterator[Run]:
    """The text from start to end in turns; matches with only spaces between them are one."""
    at = start
    for first, last in _joined(text, [match for match in found if start <= match.start and match.end <= end]):
        if first > at:
            yield Run(text[at:first], False)
        yield Run(text[first:last], True)
        at = last
    if at < end:
        yield Run(text[at:end], False)


def _joined(text: str, found: Sequence[Match]) -> Iterator[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for match in found:
        if spans and not text[spans[-1][1] : match.start].strip():
            spans[-1] = (spans[-1][0], match.end)
        else:
            spans.append((match.start, match.end))
    return iter(spans)
