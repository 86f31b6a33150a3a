"""Pages of a list that others write to meanwhile: a cursor names the last row seen, not a number of rows to skip.

It is signed and says which list it is of, so that it can be taken at its word, and is opaque to whoever holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from secdash.api.rest.problems import invalid

M = TypeVar("M", bound=Model)
SALT = "secdash.api.cursor"
LONGEST = 1000
MOST, USUAL = 200, 50


class Page(NamedTuple, Generic[M]):
    """`next` is the cursor of the page after it; None on the last."""

    rows: list[M]
    next: str | None


def page(rows: QuerySet[M], order: Sequence[str], *, of: str, cursor: str | None, limit: int) -> Page[M]:
    """One page of these rows. `order` are columns that are never null, the last of them unique; `of` names the list
    with all that it was asked for. Raises Problem for a cursor of another list.
    """
    if cursor:
        rows = rows.filter(_after(order, _opened(cursor, of)))
    found = list(rows.order_by(*order)[: limit + 1])
    more = len(found) > limit
    shown = found[:limit]
    return Page(shown, _cursor(shown[-1], order, of) if more else None)


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """(a, b, c) behind (x, y, z): a behind x, or a = x and b behind y, or …"""
    found, same = Q(), Q()
    for column, value in zip(order, values, strict=True):
        name = column.removeprefix("-")
        found |= same & Q(**{f"{name}__{'lt' if column.startswith('-') else 'gt'}": value})
        same &= Q(**{name: value})
    return found


def _cursor(row: Model, order: Sequence[str], of: str) -> str:
    values = [_plain(getattr(row, column.removeprefix("-"))) for column in order]
    return signing.dumps([of, values], salt=SALT, compress=True)


def _plain(value: Any) -> Any:
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def _opened(cursor: str, of: str) -> list[Any]:
    refused = invalid("query/cursor", _("This cursor is not of this list. Begin again without one."))
    if len(cursor) > LONGEST:
        raise refused
    try:
        named, values = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError) as error:
        raise refused from error
    if named != of:
        raise refused
    return [parse_datetime(value["at"]) if isinstance(value, dict) else value for value in values]
