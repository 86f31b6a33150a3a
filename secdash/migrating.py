"""Operations for migrations of large tables, which nobody who works waits for (docs/releases.md says when).

A migration that uses one has `atomic = False`: what it did stays where it breaks off, and it is run again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently as OnPostgreSQL
from django.db import transaction
from django.db.migrations.operations import AddIndex


class AddIndexConcurrently(OnPostgreSQL):
    """Written beside those who read and write; on SQLite, which has one who writes, like any other."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        way = OnPostgreSQL if schema_editor.connection.vendor == "postgresql" else AddIndex
        way.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        way = OnPostgreSQL if schema_editor.connection.vendor == "postgresql" else AddIndex
        way.database_backwards(self, app_label, schema_editor, from_state, to_state)


class InBatches:
    """For RunPython: `change` gets so many rows of the model at a time, in a transaction of their own.

    It is to be safe to run twice on the same rows: a migration that broke off begins anew.
    """

    def __init__(self, app: str, model: str, change: Callable[[list[Any]], None], *, size: int = 1000) -> None:
        self.app, self.model, self.change, self.size = app, model, change, size

    def __call__(self, apps: Any, _schema_editor: Any) -> None:
        rows, last = apps.get_model(self.app, self.model)._base_manager.order_by("pk"), 0
        while True:
            with transaction.atomic():
                batch = list(rows.filter(pk__gt=last)[: self.size])
                if not batch:
                    return
                self.change(batch)
            last = batch[-1].pk
