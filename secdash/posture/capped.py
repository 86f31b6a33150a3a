"""Counting what may be very many: exactly up to a number, and no further."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet, Value


class Capped(NamedTuple):
    """A number, or at least that number: `more` says that the counting stopped there."""

    number: int
    more: bool = False

    def plus(self, other: Capped) -> Capped:
        return Capped(self.number + other.number, self.more or other.more)


def counted(rows: Sequence[QuerySet[Any]], *, most: int) -> list[Capped]:
    """Each of these queries' number of rows, up to `most`, all in one statement."""
    if not rows:
        return []
    statements = [_statement(each, most) for each in rows]
    sql = ", ".join(text for text, _ in statements)
    with connections[rows[0].db].cursor() as cursor:
        cursor.execute(f"SELECT {sql}", [value for _, values in statements for value in values])
        found = cursor.fetchone()
    return [Capped(min(number, most), number > most) for number in found or ()]


def _statement(rows: QuerySet[Any], most: int) -> tuple[str, Sequence[Any]]:
    """From Django's own SQL, whose values are parameters."""
    try:
        inner, values = rows.order_by().values(one=Value(1))[: most + 1].query.sql_with_params()
    except EmptyResultSet:
        return "0", ()
    return f"(SELECT COUNT(*) FROM ({inner}) AS counted)", values  # noqa: S608 - compiled by Django
