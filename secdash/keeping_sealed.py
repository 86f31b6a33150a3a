"""Where sealed texts stand in the database: each room says so, and they are turned over, or missed, together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from django.apps import apps
from django.core.checks import CheckMessage
from django.core.checks import Warning as Warned
from django.db import DatabaseError, models

from secdash import sealing

CHUNK = 500
MOST_NAMED = 10


class Shelf(msgspec.Struct, frozen=True):
    """A column of a model. Where it is JSON, `fields` are those of its entries that are sealed."""

    model: str
    column: str
    fields: tuple[str, ...] = ()

    def rows(self) -> Iterator[models.Model]:
        rows: Iterator[models.Model] = apps.get_model(self.model)._base_manager.order_by("pk").iterator(CHUNK)
        return (row for row in rows if self.texts(row))

    def texts(self, row: models.Model) -> list[str]:
        value = getattr(row, self.column)
        held = [value.get(field) for field in self.fields] if self.fields else [value]
        return [text for text in held if isinstance(text, str) and text]

    def reseal(self, row: models.Model) -> bool:
        """False where somebody changed the row meanwhile, and so sealed it anew. Raises sealing.Unreadable."""
        was = getattr(row, self.column)
        now = self._resealed(was) if self.fields else sealing.reseal(was)
        same = type(row)._base_manager.filter(pk=row.pk, **{self.column: was})
        return bool(same.update(**{self.column: now}))

    def _resealed(self, was: Mapping[str, Any]) -> dict[str, Any]:
        sealed = {field: sealing.reseal(was[field]) for field in self.fields if was.get(field)}
        return {**was, **sealed}


class Outcome(msgspec.Struct):
    """How many rows are sealed anew, and the rows that no key opens, in words."""

    sealed: int = 0
    lost: list[str] = msgspec.field(default_factory=list)


_shelves: dict[tuple[str, str], Shelf] = {}


def keeps(model: str, column: str, *fields: str) -> None:
    """Have what stands there sealed anew with everything else. Said by each room when it is ready."""
    _shelves[model, column] = Shelf(model, column, fields)


def shelves() -> list[Shelf]:
    return [_shelves[place] for place in sorted(_shelves)]


def reseal_all() -> Outcome:
    """Seal everything with the first key. What no key opens is left as it is, and named."""
    outcome = Outcome()
    for shelf in shelves():
        for row in shelf.rows():
            try:
                outcome.sealed += shelf.reseal(row)
            except sealing.Unreadable:
                outcome.lost.append(named(row))
    return outcome


def unreadable() -> list[str]:
    """The rows that none of the present keys opens."""
    return [named(row) for shelf in shelves() for row in shelf.rows() if not _opens(shelf.texts(row))]


def named(row: models.Model) -> str:
    """Of what it is, never of what it holds."""
    name = getattr(row, "name", "") or getattr(getattr(row, "host", None), "name", "")
    return f"{row._meta.verbose_name} {name} (#{row.pk})".replace("  ", " ")


def check(app_configs: Any = None, databases: Any = None, **options: Any) -> list[CheckMessage]:
    """Asked for by `migrate` and `check --database default`. A warning: who lost a key must get in to enter anew."""
    if "default" not in (databases or ()):
        return []
    try:
        lost = unreadable()
    except DatabaseError:  # the tables are not there yet
        return []
    if not lost:
        return []
    more = f" and {len(lost) - MOST_NAMED} more" if len(lost) > MOST_NAMED else ""
    return [
        Warned(
            f"No key opens what is sealed of: {', '.join(lost[:MOST_NAMED])}{more}.",
            hint="Put the key that sealed it back into SECDASH_SEALING_KEYS, or enter what it held again.",
            id="secdash.W010",
        )
    ]


def _opens(texts: list[str]) -> bool:
    try:
        for text in texts:
            sealing.unseal(text)
    except sealing.Unreadable:
        return False
    return True
