"""A successful answer, weighed and measured before anything is made of it."""

from __future__ import annotations

from typing import Any

import msgspec
import orjson

from secdash.facts import trouble
from secdash.facts.message import say
from secdash.facts.trouble import AnswerError, Unreachable

DEEPEST = 64
A_VALUE, A_NAME, AN_OBJECT = 60, 45, 128  # bytes of memory that each takes beyond its own text, about
HEAVIEST_ANSWER = 96 * 2**20
HEAVIEST = 128 * 2**20  # all answers of one reading together: some 4,000 containers
TOO_HEAVY = say("All that this Engine answers is more than secdash holds at once, so nothing of it was kept.")


class Answer(msgspec.Struct, frozen=True):
    """A successful answer. `weight` is about how much memory its values take at most."""

    status: int
    api_version: str
    body: bytes
    weight: int

    def json(self, held: int = 0) -> Any:
        """Raises AnswerError for anything but JSON that is safe to hold, Unreachable where it is not beside `held`.

        Both are bytes as `weight` counts them, and are asked before anything is decoded.
        """
        if self.weight > HEAVIEST_ANSWER:
            raise AnswerError(self.status, trouble.TOO_MANY_VALUES)
        if held + self.weight > HEAVIEST:
            raise Unreachable(TOO_HEAVY)
        try:
            decoded = orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise AnswerError(self.status, trouble.NOT_JSON) from error
        if is_deep(self.body, decoded):
            raise AnswerError(self.status, trouble.TOO_DEEP)
        return decoded


def weight_of(body: bytes) -> int:
    """Counted before decoding: a few bytes such as `{},` become a hundred times as many.

    One sign beyond the usual planes makes each sign of its text take four bytes.
    """
    is_narrow = body.isascii() and b"\\ud" not in body and b"\\uD" not in body
    values = body.count(b",") + body.count(b"[")
    named = A_NAME * body.count(b":") + AN_OBJECT * body.count(b"{")
    return len(body) * (1 if is_narrow else 4) + A_VALUE * values + named


NOT_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))


def is_deep(body: bytes, decoded: Any) -> bool:
    """Whether this JSON is nested more deeply than DEEPEST.

    Each round takes the innermost pairs away, at the speed of the machine and not of Python.
    """
    brackets = body.translate(None, NOT_BRACKETS)
    for _ in range(DEEPEST):
        if not brackets:
            return False
        brackets = brackets.replace(b"{}", b"").replace(b"[]", b"")
    return bool(brackets) and _is_deep(decoded)


def _is_deep(decoded: Any) -> bool:
    """The same without haste: texts with lonely brackets in them come here."""
    level = [decoded]
    for _ in range(DEEPEST):
        level = [below for each in level for below in _below(each) if isinstance(below, dict | list)]
    return bool(level)


def _below(value: Any) -> Any:
    return value.values() if isinstance(value, dict) else value
