"""What is said of one part: how it is, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

GOOD_WORD = pgettext_lazy("part", "in order")


class Level(StrEnum):
    GOOD = "good"
    WARN = "warn"  # it works, and will not for ever
    BAD = "bad"

    @property
    def word(self) -> Promise:
        return {Level.GOOD: GOOD_WORD, Level.WARN: _("needs attention"), Level.BAD: _("does not work")}[self]

    @property
    def sign(self) -> str:
        """The verdict whose sign and colour it has."""
        return {Level.GOOD: "pass", Level.WARN: "unknown", Level.BAD: "fail"}[self]


WORST_FIRST = (Level.BAD, Level.WARN, Level.GOOD)


class Part(NamedTuple):
    """`name` is for programs and stays for ever; `title`, `said` and `todo` are sentences in the asker's language."""

    name: str
    title: str
    level: Level
    said: str
    todo: str = ""


def worst(parts: Sequence[Part]) -> Level:
    return min((part.level for part in parts), key=WORST_FIRST.index, default=Level.GOOD)
