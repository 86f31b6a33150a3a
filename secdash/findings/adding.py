"""Adding a row for each of many others in one statement, whatever their number: nothing of them is fetched for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models


def add_for_each(
    found: models.QuerySet[Any], table: type[models.Model], given: Sequence[tuple[str, str]], **same: Any
) -> int:
    """A row of `table` for each row `found`; how many. `given` pairs its columns with those that they are taken from.

    The other columns are the `same` in all rows; each that has no default of the database's must be named.
    """
    names = [*same, *(column for column, _ in given)]
    fields = {field.name: field for field in table._meta.concrete_fields}
    constants = [fields[name].get_db_prep_save(value, connection) for name, value in same.items()]
    taken = found.order_by().values_list(*(source for _, source in given))
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
