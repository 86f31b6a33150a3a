"""A JSON column as any other for the database, but read by the faster parser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from django.db import models


class QuickJSONField(models.JSONField):
    """For columns that are read of many rows at once. What is written there comes from `orjson`, or could."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return orjson.loads(value) if isinstance(value, str) else super().from_db_value(value, expression, connection)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs  # for the database nothing is special
