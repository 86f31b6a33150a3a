"""Writing columns of many rows anew, each row with values of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection, models

Fields = Sequence["models.Field[Any, Any]"]


def rewrite(rows: Sequence[models.Model], columns: Collection[str], **same: Any) -> None:
    """These columns of each row; others become the `same` in all rows.

    `bulk_update` would make a statement with a CASE for each row and column, which at hundreds of rows takes longer to
    put together than to carry out. PostgreSQL gets one statement: as many as rows are as many turns between two
    processes, which a busy machine makes long. SQLite, in this very process, gets one for each row.
    """
    if not rows:
        return
    meta = rows[0]._meta
    fields = [field for field in meta.concrete_fields if field.name in columns]
    alike = [field for field in meta.concrete_fields if field.name in same]
    constants = [field.get_db_prep_save(same[field.name], connection) for field in alike]
    values = [_values(row, fields) for row in rows]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            given = [value for row, own in zip(rows, values, strict=True) for value in (row.pk, *own)]
            cursor.execute(_joined(meta, fields, alike, len(rows)), [*constants, *given])
        else:
            each = [[*own, *constants, row.pk] for row, own in zip(rows, values, strict=True)]
            cursor.executemany(_of_one(meta, fields, alike), each)


def _of_one(meta: Any, fields: Fields, alike: Fields) -> str:
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(str(field.column))} = %s" for field in (*fields, *alike))
    return f"UPDATE {quote(meta.db_table)} SET {sets} WHERE {quote(meta.pk.column)} = %s"  # noqa: S608 - names of ours alone


def _joined(meta: Any, fields: Fields, alike: Fields, number: int) -> str:
    """The rows as a table that is joined; its first row says of which types it is, which NULLs alone would not."""
    quote, given = connection.ops.quote_name, (meta.pk, *fields)
    sets = [f"{quote(str(field.column))} = %s" for field in alike]
    sets += [f"{quote(str(field.column))} = given.{quote(str(field.column))}" for field in fields]
    names = ", ".join(quote(str(field.column)) for field in given)
    typed = ", ".join(f"CAST(%s AS {_type(field)})" for field in given)
    plain = ", ".join(["%s"] * len(given))
    table = ", ".join([f"({typed})", *[f"({plain})"] * (number - 1)])
    of_table, key = quote(meta.db_table), quote(meta.pk.column)
    source = f"(VALUES {table}) AS given ({names}) WHERE {of_table}.{key} = given.{key}"
    return f"UPDATE {of_table} SET {', '.join(sets)} FROM {source}"  # noqa: S608 - names of ours alone


def _type(field: models.Field[Any, Any]) -> str:
    """Without a length: what is too long is to be refused as ever, and not cut off."""
    return str(field.rel_db_type(connection)).partition("(")[0]


def _values(row: models.Model, fields: Iterable[models.Field[Any, Any]]) -> list[Any]:
    """As the database keeps them."""
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
