"""Messages that are kept as data, in the reader's language."""

from __future__ import annotations

from typing import Protocol

from django.utils.translation import gettext


class Sayable(Protocol):
    """An English sentence that is a message id, and the values for its places."""

    @property
    def text(self) -> str: ...
    @property
    def values(self) -> tuple[tuple[str, str], ...]: ...


def said(message: Sayable | None) -> str:
    """The sentence, translated, with its values as they stand; "" for none."""
    if message is None or not message.text:
        return ""
    text = gettext(message.text)
    return text % dict(message.values) if message.values else text
