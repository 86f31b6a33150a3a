"""Lists as PostgreSQL reads them, put together quickly.

Rows that are written together are sent as one list for each column. psycopg looks at every item whether it must be
quoted, and escapes it by a regular expression: for columns of JSON, where every quotation mark is escaped, that took
a seventh of all the time of a watcher (decision 0058). An item may always be quoted, so each is.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.abc import Buffer
from psycopg.types.array import ListDumper


class QuickListDumper(ListDumper):
    """As text, of items of one type; lists of lists are left to psycopg."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        of_items = self.sub_dumper
        if of_items is None or any(isinstance(item, list) for item in obj):
            return super().dump(obj)
        dump, delimiter = of_items.dump, self.delimiter
        return b"{" + delimiter.join([b"NULL" if item is None else _quoted(dump(item)) for item in obj]) + b"}"


def _quoted(item: Buffer | None) -> bytes:
    if item is None:
        return b"NULL"
    return b'"' + bytes(item).replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def register(connection: BaseDatabaseWrapper) -> None:
    """For a connection of Django's that was opened to PostgreSQL."""
    connection.connection.adapters.register_dumper(list, QuickListDumper)
