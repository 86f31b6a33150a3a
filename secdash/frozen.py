"""Rows that are written once: history is never changed, only added to."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class Frozen(Exception):
    """What was written stays as it is: write a new row."""


class FrozenRows:
    """For the query sets of such rows."""

    def delete(self) -> NoReturn:
        raise Frozen

    def update(self, **kwargs: Any) -> NoReturn:
        raise Frozen


class FrozenModel(models.Model):
    """A row that is saved once."""

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Frozen
        super().save(**kwargs)

    def delete(self, using: Any = None, keep_parents: bool = False) -> NoReturn:
        raise Frozen
