"""Rows that are handed to PostgreSQL as one JSON document, which it reads as a table.

One value is written and quoted at once, where a parameter for each row and column would be converted, quoted and read
each by itself; and the statement is the same for any number of rows.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.db import connection, models

Fields = Sequence["models.Field[Any, Any]"]


def document(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows by column. Raises TypeError for a value that is not among what columns hold here."""
    return orjson.dumps(list(rows), default=_told, option=orjson.OPT_NON_STR_KEYS).decode()


def columns(fields: Fields) -> str:
    return ", ".join(map(name_of, fields))


def values(fields: Fields) -> str:
    """What is selected of `table`, in the order of the columns."""
    return ", ".join(map(value_of, fields))


def table(fields: Fields, *, keys: bool = False) -> str:
    """Takes the document as its parameter. With `keys` it has a column `pk` beside."""
    typed = [*(["pk bigint"] if keys else []), *(f"{name_of(field)} {_type(field)}" for field in fields)]
    return f"json_to_recordset(%s) AS given ({', '.join(typed)})"


def name_of(field: models.Field[Any, Any]) -> str:
    return connection.ops.quote_name(str(field.column))


def value_of(field: models.Field[Any, Any]) -> str:
    name = f"given.{name_of(field)}"
    return f"decode({name}, 'base64')" if _is_bytes(field) else name


def _type(field: models.Field[Any, Any]) -> str:
    """Without a length: what is too long is to be refused as ever, and not cut off."""
    return "text" if _is_bytes(field) else str(field.rel_db_type(connection)).partition("(")[0]


def _is_bytes(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.BinaryField)


def _told(value: Any) -> Any:
    if isinstance(value, tuple):  # one with names
        return list(value)
    if isinstance(value, bytes | memoryview):
        return b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} is nothing that a column is given here")
