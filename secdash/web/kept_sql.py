"""A question that every page asks: its SQL is put together once, which takes several times as long as the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet


class KeptSql(NamedTuple):
    """Of one kind of database; `converters` make of its values what the fields hold."""

    sql: str
    params: tuple[Any, ...]
    names: tuple[str, ...]
    converters: Mapping[int, tuple[list[Any], Any]]

    def first(self) -> dict[str, Any] | None:
        """The first row as it is now, by name."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.params)
            row = cursor.fetchone()
        return None if row is None else dict(zip(self.names, self._converted(row), strict=True))

    def _converted(self, row: tuple[Any, ...]) -> list[Any]:
        values = list(row)
        for place, (converters, expression) in self.converters.items():
            for convert in converters:
                values[place] = convert(values[place], expression, connection)
        return values


def kept_sql(rows: QuerySet[Any, dict[str, Any]]) -> KeptSql:
    """Of annotations alone, by `values`."""
    compiler = rows.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    assert not rows.query.values_select  # noqa: S101 - names would come in another order
    expressions = [column[0] for column in compiler.select[: compiler.col_count]]
    return KeptSql(sql, tuple(params), tuple(rows.query.annotation_select), compiler.get_converters(expressions))
