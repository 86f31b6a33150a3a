"""Rows of a table as lines of JSON: the same bytes whichever database they stand in, so that a digest can compare them.

Keys of objects are sorted, since PostgreSQL keeps them in an order of its own; bytes are base64, times have their zone.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import msgspec
import orjson
from django.db import models

CHUNK = 2000  # rows read at once
AT_ONCE = 500  # rows of one INSERT

Model = type[models.Model]


class Counted(msgspec.Struct):
    """How many lines passed, and the digest of all of them."""

    rows: int = 0
    digest: str = hashlib.sha256().hexdigest()


def columns(model: Model) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def lines(model: Model, names: list[str]) -> Iterator[bytes]:
    """In the order of their keys, which are numbers in every table that is kept; values in the order of the names."""
    rows = model._base_manager.order_by("pk").values_list(*names)
    return (_line(row) for row in rows.iterator(CHUNK))


def counted(found: Iterable[bytes], into: Counted) -> Iterator[bytes]:
    """The same lines; once the last has passed, `into` knows of them."""
    digest, number = hashlib.sha256(), 0
    for number, line in enumerate(found, 1):  # noqa: B007 - read behind the loop: how many they were
        digest.update(line)
        yield line
    into.rows, into.digest = number, digest.hexdigest()


def account_of(found: Iterable[bytes]) -> Counted:
    result = Counted()
    for _ in counted(found, result):
        pass
    return result


def insert(model: Model, names: list[str], found: Iterable[bytes]) -> None:
    """Rows as they were, keys and all."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    kept = [fields[name] for name in names]
    made = (model(**_values(kept, line)) for line in found)
    while batch := list(islice(made, AT_ONCE)):
        model._base_manager.bulk_create(batch)


def _line(row: tuple[Any, ...]) -> bytes:
    return orjson.dumps(row, default=_as_text, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _as_text(value: Any) -> str:
    """What JSON has no word for. Raises TypeError for what no field of ours holds."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode("ascii")
    raise TypeError


def _values(fields: list[models.Field[Any, Any]], line: bytes) -> dict[str, Any]:
    said = orjson.loads(line)
    return {field.attname: field.to_python(value) for field, value in zip(fields, said, strict=True)}
