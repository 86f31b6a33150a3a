"""Changes to a JSON object as text, so that all that is not changed stays as its author wrote it."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

SPACE = re.compile(r"[ \t\r\n]*")
USUAL_INDENT = "  "


class Member(msgspec.Struct, frozen=True):
    """Where a member of the outermost object stands: `start` is its key's quote, `value` and `end` bound its value."""

    key: str
    start: int
    value: int
    end: int


def put(text: str, key: str, value: Any) -> str:
    """The text with the key set: in its place where it is there, else at the end. Raises ValueError for no object."""
    members = _members(text)
    indent = _indent(text, members)
    own = next((member for member in reversed(members) if member.key == key), None)
    if own:
        return text[: own.value] + _written(value, indent) + text[own.end :]
    entry = f"{json.dumps(key)}: {_written(value, indent)}"
    if members:
        return f"{text[: members[-1].end]},{_lead(indent)}{entry}{text[members[-1].end :]}"
    return f"{{\n{indent or USUAL_INDENT}{entry}\n}}\n"


def drop(text: str, key: str) -> str:
    """The text without the key, and without the comma that it needed."""
    members = _members(text)
    at = next((number for number, member in enumerate(members) if member.key == key), None)
    if at is None:
        return text
    if at:
        return drop(text[: members[at - 1].end] + text[members[at].end :], key)
    if len(members) > 1:
        return drop(text[: members[0].start] + text[members[1].start :], key)
    return "{}\n"


def keys(text: str) -> frozenset[str]:
    """The names in the outermost object."""
    return frozenset(member.key for member in _members(text))


def _members(text: str) -> list[Member]:
    """Raises ValueError where the text is no JSON object."""
    if not isinstance(json.loads(text), dict):
        raise ValueError("not an object")
    decoder, found = json.JSONDecoder(), []
    at = _skip(text, _skip(text, 0) + 1)
    while text[at] == '"':
        key, end = decoder.raw_decode(text, at)
        value = _skip(text, _skip(text, end) + 1)
        _, end = decoder.raw_decode(text, value)
        found.append(Member(key, at, value, end))
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at
    return found


def _skip(text: str, at: int) -> int:
    match = SPACE.match(text, at)
    return match.end() if match else at


def _indent(text: str, members: list[Member]) -> str | None:
    """What stands before the first key on its line; None where all of the object is on one line."""
    if not members:
        return USUAL_INDENT
    line = text[text.rfind("\n", 0, members[0].start) + 1 : members[0].start]
    return line if "\n" in text[: members[0].start] and not line.strip() else None


def _lead(indent: str | None) -> str:
    return " " if indent is None else f"\n{indent}"


def _written(value: Any, indent: str | None) -> str:
    """The value as JSON; its further lines are indented as the file's are."""
    if indent is None:
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value, indent=indent, ensure_ascii=False).replace("\n", f"\n{indent}")
