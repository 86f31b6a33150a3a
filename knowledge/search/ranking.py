"""How well a section answers a query: a pure function of its lines, so that every database gives the same order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from knowledge.search.query import Piece, Query, Term

EXACT, STEM, BEGINNING = 10, 8, 5
TITLE, HEADING, CLAIMS, ABOVE = 24, 12, 5, 3
MOST_COUNTED = 6
FEW_WORDS = 24  # a section that explains many checks is about none of them
WHOLE_HEADING = 60
ROW_IN_HEADING, ROW_ABOVE, ROW_IN_BODY = 80, 10, 40
LEAD = 1  # the level of an article's lead: its heading is the article's title


class Lines(msgspec.Struct, frozen=True):
    """A section as the index keeps it. `above`: the titles it stands under; `claims`: how its checks are known."""

    level: int
    above: str
    heading: str
    claims: str
    body: str


class Seen(NamedTuple):
    """How exactly a line holds a term (0: not at all), and how often."""

    strength: int
    times: int


def score(section: Lines, query: Query) -> int | None:
    """The higher the better; None for a section that lacks a term, or has none but in the titles above it."""
    points = [_points(section, term) for term in query.terms]
    if not points or not all(points) or not any(own for own, _above in filter(None, points)):
        return None
    return sum(own + above for own, above in filter(None, points)) + _bonus(section, query)


def score_some(section: Lines, query: Query) -> int | None:
    """The same where terms may be lacking: the more of them are there, the better."""
    points = [found for term in query.terms if (found := _points(section, term))]
    if not any(own for own, _above in points):
        return None
    return 1000 * len(points) + sum(own + above for own, above in points)


def seen(term: Term, line: str) -> Seen:
    found = _seen_piece(term, line) if len(term.pieces) == 1 else _seen_row(term, line)
    return next((each for each in found if each.times), Seen(0, 0))


def _points(section: Lines, term: Term) -> tuple[int, int] | None:
    """For the section's own words and for those above it; None where neither has the term."""
    lines = (section.heading, section.claims, section.body, section.above)
    heading, claims, body, above = (seen(term, line) for line in lines)
    title = TITLE if section.level == LEAD else HEADING
    claim = CLAIMS * FEW_WORDS // max(FEW_WORDS, section.claims.count("~"))
    own = heading.strength * title + claims.strength * claim + body.strength * min(body.times, MOST_COUNTED) // 2
    return (own, above.strength * ABOVE) if own or above.strength else None


def _bonus(section: Lines, query: Query) -> int:
    """For all words in their order, and for a heading that says them and little else."""
    bonus = _coverage(section.heading, query)
    if len(query.row.pieces) > 1:
        lines = ((section.heading, ROW_IN_HEADING), (section.above, ROW_ABOVE), (section.body, ROW_IN_BODY))
        bonus += sum(points for line, points in lines if seen(query.row, line).strength)
    return bonus


def _coverage(heading: str, query: Query) -> int:
    """How much of the heading the query is, times how much of the query the heading is."""
    length, asked = heading.count("~"), sum(len(term.pieces) for term in query.terms)
    both = min(length, sum(len(term.pieces) for term in query.terms if seen(term, heading).strength))
    return WHOLE_HEADING * both * both // (length * asked) if length else 0


def _seen_piece(term: Term, line: str) -> Iterable[Seen]:
    piece = term.pieces[0]
    yield Seen(EXACT, line.count(f" {piece.exact}~") + line.count(f" |{piece.exact} "))
    if piece.stem:
        yield Seen(STEM, line.count(f"~{piece.stem} "))
    if term.beginning:
        yield Seen(BEGINNING, line.count(f" {piece.exact}"))


def _seen_row(term: Term, line: str) -> Iterable[Seen]:
    if term.whole:
        yield Seen(EXACT, line.count(f" |{term.whole} "))
    if all(piece.exact in line or (piece.stem and piece.stem in line) for piece in term.pieces):
        yield Seen(EXACT, _rows([_exact(piece) for piece in term.pieces], line))
        yield Seen(STEM, _rows([_either(piece) for piece in term.pieces], line))
    if term.whole and term.beginning:
        yield Seen(BEGINNING, line.count(f" |{term.whole}"))


def _rows(patterns: list[str], line: str) -> int:
    return len(re.findall(f"(?<= ){' '.join(patterns)}(?= )", line))


def _exact(piece: Piece) -> str:
    return f"{re.escape(piece.exact)}~[^ ]+"


def _either(piece: Piece) -> str:
    return f"(?:{_exact(piece)}|[^ ~]+~{re.escape(piece.stem)})" if piece.stem else _exact(piece)
