"""A message as data: sentences that are translated and written out when they are sent, in the receiver's language.

What stands in a value may come from a host: how it is written is up to the dialect (`dialects`), never to whoever
composes.
"""

from __future__ import annotations

from typing import Any

import msgspec

from secdash.facts.message import LINE_BREAKS, Message


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """An English sentence with `%(name)s` places. `plural` goes with `number`; `url` is a path of ours."""

    text: str
    plural: str = ""
    number: int = 0
    context: str = ""
    values: tuple[tuple[str, str | tuple[Line, ...]], ...] = ()
    url: str = ""
    is_item: bool = False

    def of(self, number: int, /, **values: Value) -> Line:
        """The same with its number and its values."""
        return msgspec.structs.replace(self, number=number, values=_held({"n": number, **values}))

    def item(self, url: str = "") -> Line:
        """The same as a line of a list, which leads there."""
        return msgspec.structs.replace(self, is_item=True, url=url)


class Letter(msgspec.Struct, frozen=True, omit_defaults=True):
    """`title` is a mail's subject, or the first line elsewhere."""

    title: Line
    lines: tuple[Line, ...] = ()

    @property
    def alone(self) -> Letter:
        """The title without what follows."""
        return Letter(self.title)


Value = str | int | Line | tuple[Line, ...]


def told(text: str, /, **values: Value) -> Line:
    """A sentence; `manage.py messages` collects the literals that are passed here."""
    return Line(text, values=_held(values))


def counted(text: str, plural: str, number: int, /, **values: Value) -> Line:
    """A sentence by number, which stands in its place `%(n)s`."""
    return Line(text, plural, number, values=_held({"n": number, **values}))


def of_message(message: Message) -> Line:
    """What a scan said, as a line."""
    return Line(message.text, values=message.values)


def _held(values: dict[str, Value]) -> tuple[tuple[str, str | tuple[Line, ...]], ...]:
    return tuple((name, _one(value)) for name, value in values.items())


def _one(value: Value) -> str | tuple[Line, ...]:
    if isinstance(value, Line):
        return (value,)
    return value if isinstance(value, tuple) else LINE_BREAKS.sub(" ", str(value))


def letter_as_json(letter: Letter) -> Any:
    return msgspec.to_builtins(letter)


def letter_from(data: Any) -> Letter:
    """The inverse; a letter without words for what is none, such as that of a message that is over."""
    try:
        return msgspec.convert(data, Letter)
    except msgspec.ValidationError:
        return Letter(Line(""))
