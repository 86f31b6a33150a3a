"""A query in the words of the database: which rows may hold it. What is found too much, ranking leaves out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec
from django.db import connection
from django.db.models import Case, IntegerField, Value, When
from django.db.models.expressions import RawSQL

from knowledge.models import IndexedSectionQuerySet
from knowledge.search.query import Piece, Term

# Of more than these, only sections that hold the words in their titles, then the first in reading order, are ranked.
MOST_CANDIDATES = 600


class Dialect(msgspec.Struct, frozen=True):
    """How a database writes a query, and the statements that find rows by it: in all lines, in titles only.

    Words hold letters, digits and joints (`knowledge.search.words`), so that none can end its quotes.
    """

    word: str
    beginning: str
    every: str
    some: str
    anywhere: str
    in_titles: str


SQLITE = Dialect(
    word='"%s"',
    beginning='"%s"*',
    every=" AND ",
    some=" OR ",
    anywhere="SELECT rowid FROM knowledge_indexedsection_fts WHERE knowledge_indexedsection_fts MATCH %s",
    in_titles=(
        "SELECT rowid FROM knowledge_indexedsection_fts"
        " WHERE knowledge_indexedsection_fts MATCH '{above heading claims} : ' || %s"
    ),
)
POSTGRESQL = Dialect(
    word="'%s'",
    beginning="'%s':*",
    every=" & ",
    some=" | ",
    anywhere="SELECT id FROM knowledge_indexedsection WHERE lexemes @@ %s::tsquery",
    in_titles="SELECT id FROM knowledge_indexedsection WHERE title_lexemes @@ %s::tsquery",
)

Holding = Callable[[IndexedSectionQuerySet, Iterable[Term]], IndexedSectionQuerySet]


def holding_all(rows: IndexedSectionQuerySet, terms: Iterable[Term]) -> IndexedSectionQuerySet:
    here = _dialect()
    return _candidates(rows, here, here.every.join(_term(term, here) for term in terms))


def holding_some(rows: IndexedSectionQuerySet, terms: Iterable[Term]) -> IndexedSectionQuerySet:
    here = _dialect()
    return _candidates(rows, here, here.some.join(_term(term, here) for term in terms))


def _dialect() -> Dialect:
    return SQLITE if connection.vendor == "sqlite" else POSTGRESQL


def _candidates(rows: IndexedSectionQuerySet, here: Dialect, query: str) -> IndexedSectionQuerySet:
    """Rows that may hold the query, those first that may hold it in their titles."""
    anywhere, in_titles = (
        RawSQL(statement, [f"({query})"])  # noqa: S611 - the statements are ours, the query is a parameter
        for statement in (here.anywhere, here.in_titles)
    )
    titled = Case(When(pk__in=in_titles, then=Value(0)), default=Value(1), output_field=IntegerField())
    order = ("section__article__order", "section__article__key", "section__position")
    return rows.filter(pk__in=anywhere).order_by(titled, *order)[:MOST_CANDIDATES]


def _term(term: Term, here: Dialect) -> str:
    end = here.beginning if term.beginning else here.word
    form = here.word if term.whole else end  # it is the whole word that may go on, not its last piece
    row = here.every.join(f"({_piece(piece, here, form)})" for piece in term.pieces)
    return f"(({row}){here.some}{end % term.whole})" if term.whole else f"({row})"


def _piece(piece: Piece, here: Dialect, form: str) -> str:
    exact = form % piece.exact
    return f"{exact}{here.some}{here.word % piece.stem}" if piece.stem else exact
