"""Adding many rows in one statement: such as are given, or one for each that is found, which is not fetched for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models

from secdash.findings import given

Row = Mapping[str, Any]  # by the names of a table's columns, as its model has them


def add(table: type[models.Model], rows: Sequence[Row]) -> list[int]:
    """Their keys, in the same order. Columns that a row does not name get their defaults; nothing is checked.

    As `bulk_create`, which converts each value by itself, and quotes most of them twice.
    """
    if not rows:
        return []
    if connection.vendor != "postgresql":
        return [row.pk for row in table._default_manager.bulk_create([table(**row) for row in rows], batch_size=500)]
    usual = {name: default() for name, default in _defaults(table).items()}
    told = given.document({**usual, **row} for row in rows)
    with connection.cursor() as cursor:
        cursor.execute(_insert(table), [told])
        return [key for (key,) in cursor.fetchall()]


def add_these(rows: Sequence[models.Model]) -> None:
    """New rows of one table, which get their keys."""
    columns = [field.attname for field in _fields(type(rows[0]))] if rows else []
    told = [{name: getattr(row, name) for name in columns} for row in rows]
    for row, key in zip(rows, add(type(rows[0]), told) if rows else (), strict=True):
        row.pk = key


@cache
def _defaults(table: type[models.Model]) -> dict[str, Callable[[], Any]]:
    left_out = (field for field in _fields(table) if field.has_default() or field.null or field.blank)
    return {field.attname: field.get_default for field in left_out}


@cache
def _insert(table: type[models.Model]) -> str:
    fields, meta = _fields(table), table._meta
    into = f"{connection.ops.quote_name(meta.db_table)} ({given.columns(fields)})"
    found = f"SELECT {given.values(fields)} FROM {given.table(fields)}"  # noqa: S608 - names of ours alone
    return f"INSERT INTO {into} {found} RETURNING {given.name_of(meta.pk)}"


def _fields(table: type[models.Model]) -> Sequence[models.Field[Any, Any]]:
    return tuple(field for field in table._meta.concrete_fields if not field.primary_key)


def add_for_each(
    found: models.QuerySet[Any], table: type[models.Model], taken_from: Sequence[tuple[str, str]], **same: Any
) -> int:
    """A row of `table` for each row `found`; how many. `taken_from` pairs its columns with those of `found`.

    The other columns are the `same` in all rows; each that has no default of the database's must be named.
    """
    names = [*same, *(column for column, _ in taken_from)]
    fields = {field.name: field for field in table._meta.concrete_fields}
    constants = [fields[name].get_db_prep_save(value, connection) for name, value in same.items()]
    taken = found.order_by().values_list(*(source for _, source in taken_from))
    try:
        select, values = taken.query.sql_with_params()
    except EmptyResultSet:
        return 0
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(fields[name].column)) for name in names)
    shown = ", ".join([*(["%s"] * len(constants)), "found.*"])
    statement = f"INSERT INTO {quote(table._meta.db_table)} ({columns}) SELECT {shown} FROM ({select}) AS found"  # noqa: S608 - names of ours, and what Django compiled
    with connection.cursor() as cursor:
        cursor.execute(statement, [*constants, *values])
        return int(cursor.rowcount)
