"""Sentences that are written once in English, kept as data and translated when somebody reads them."""

from __future__ import annotations

import re

import msgspec

LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f]+")


class Message(msgspec.Struct, frozen=True):
    """An English sentence with `%(name)s` places, and what goes there.

    The sentence is a gettext message id; `values` never are: they come from a host and are shown as they stand.
    """

    text: str
    values: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.text % dict(self.values) if self.values else self.text


def say(text: str, **values: object) -> Message:
    """A message; `manage.py messages` collects the literals that are passed here for translation.

    Control characters in values become one space, so that no value can break a log line.
    """
    if not values:
        return Message(text)
    return Message(text, tuple([(name, _on_one_line(str(value))) for name, value in values.items()]))


def _on_one_line(value: str) -> str:
    """Most are, and are not searched: every check says its sentence, whether or not it fails."""
    return value if value.isprintable() else LINE_BREAKS.sub(" ", value)
