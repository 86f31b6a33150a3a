"""Writing columns of many rows anew, each row with values of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection, models


def rewrite(rows: Sequence[models.Model], columns: Collection[str], **same: Any) -> None:
    """One statement, sent once for each row in one go. Other columns become the `same` in all rows.

    `bulk_update` would make a statement with a CASE for each row and column, which at hundreds of rows takes longer to
    put together than to carry out.
    """
    if not rows:
        return
    meta, quote = rows[0]._meta, connection.ops.quote_name
    fields = [field for field in meta.concrete_fields if field.name in columns]
    alike = [field for field in meta.concrete_fields if field.name in same]
    sets = ", ".join(f"{quote(str(field.column))} = %s" for field in (*fields, *alike))
    key = quote(str(meta.pk.column))
    statement = f"UPDATE {quote(meta.db_table)} SET {sets} WHERE {key} = %s"  # noqa: S608 - names of ours alone
    constants = [field.get_db_prep_save(same[field.name], connection) for field in alike]
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[*_values(row, fields), *constants, row.pk] for row in rows])


def _values(row: models.Model, fields: Iterable[models.Field[Any, Any]]) -> list[Any]:
    """As the database keeps them."""
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
