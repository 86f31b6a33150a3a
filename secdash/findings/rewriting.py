"""Writing columns of many rows anew, each row with values of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection, models

from secdash.findings import given
from secdash.findings.given import Fields


def rewrite(rows: Sequence[models.Model], columns: Collection[str], **same: Any) -> None:
    """These columns of each row; others become the `same` in all rows.

    `bulk_update` would make a statement with a CASE for each row and column, which at hundreds of rows takes longer to
    put together than to carry out. PostgreSQL gets one statement: as many as rows are as many turns between two
    processes, which a busy machine makes long. SQLite, in this very process, gets one for each row.
    """
    if not rows:
        return
    table = type(rows[0])
    fields, alike = _fields(table, frozenset(columns)), _fields(table, frozenset(same))
    constants = [field.get_db_prep_save(same[field.name], connection) for field in alike]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            told = given.document({"pk": row.pk, **_told(row, fields)} for row in rows)
            cursor.execute(_joined(table, fields, alike), [*constants, told, [row.pk for row in rows]])
        else:
            each = [[*_values(row, fields), *constants, row.pk] for row in rows]
            cursor.executemany(_of_one(table, fields, alike), each)


@cache
def _fields(table: type[models.Model], names: frozenset[str]) -> tuple[models.Field[Any, Any], ...]:
    return tuple(field for field in table._meta.concrete_fields if field.name in names)


@cache
def _of_one(table: type[models.Model], fields: Fields, alike: Fields) -> str:
    quote, meta = connection.ops.quote_name, table._meta
    sets = ", ".join(f"{given.name_of(field)} = %s" for field in (*fields, *alike))
    return f"UPDATE {quote(meta.db_table)} SET {sets} WHERE {given.name_of(meta.pk)} = %s"  # noqa: S608 - names of ours alone


@cache
def _joined(table: type[models.Model], fields: Fields, alike: Fields) -> str:
    """The rows as a table that is joined, their keys as its column `pk`. Of how many rows a document is PostgreSQL does
    not know, and would read a whole table for one of them; of a list of keys it does.
    """
    meta = table._meta
    sets = [f"{given.name_of(field)} = %s" for field in alike]
    sets += [f"{given.name_of(field)} = {given.value_of(field)}" for field in fields]
    of_table = connection.ops.quote_name(meta.db_table)
    source = given.table(fields, keys=True)
    key = f"{of_table}.{given.name_of(meta.pk)}"
    where = f"{key} = given.pk AND {key} = ANY(%s)"
    return f"UPDATE {of_table} SET {', '.join(sets)} FROM {source} WHERE {where}"  # noqa: S608 - names of ours alone


def _told(row: models.Model, fields: Fields) -> dict[str, Any]:
    return {str(field.column): getattr(row, field.attname) for field in fields}


def _values(row: models.Model, fields: Iterable[models.Field[Any, Any]]) -> list[Any]:
    """As the database keeps them."""
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
