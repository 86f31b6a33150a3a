"""The metadata block of an article, read from what others write there and written as the guide has it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from knowledge.exchange.account import Account
from knowledge.exchange.lines import Line
from knowledge.metadata import KEYS, MAX_VALUE, PARTS, RULE, Meta, read_meta
from secdash.facts.message import say

FIELD = re.compile(r"[A-Za-z_][\w-]*[ \t]*:.*|[ \t]+\S.*|[ \t]*-[ \t].*|[ \t]*#.*|")
MAX_ORDER = 99_999


class Front(msgspec.Struct, frozen=True):
    """What the metadata of a text says, "" or None where it does not; `rest` are lines that mean nothing here."""

    title: str = ""
    order: int | None = None
    part: str = ""
    summary: str = ""
    rest: tuple[Line, ...] = ()


def is_source(text: str) -> bool:
    """Whether the text is an article as the guide keeps it: it is then taken as it stands."""
    _meta, after, problems = read_meta(text.split("\n"))
    return after > 0 and not problems


def parted(lines: Sequence[Line], account: Account) -> tuple[Front, list[Line]]:
    """The metadata and the text behind it. A rule that opens a text without metadata stays a rule."""
    end = next((at for at, line in enumerate(lines[1:], 1) if line.text.rstrip() == RULE), 0)
    inside = lines[1:end]
    if not end or lines[0].text.rstrip() != RULE or not all(FIELD.fullmatch(line.text) for line in inside):
        return Front(), list(lines)
    values: dict[str, str] = {}
    rest: list[Line] = []
    for line in inside:
        key, _colon, value = line.text.partition(":")
        if key.strip() in KEYS and key.strip() not in values and _fits(key.strip(), value.strip()):
            values[key.strip()] = value.strip()
        elif not line.blank:
            account.keep(line.number, line.text, say("Metadata that the guide does not have; it stands in the text."))
            rest.append(line)
    order = int(values["order"]) if "order" in values else None
    front = Front(_bare(values.get("title", "")), order, values.get("part", ""), _bare(values.get("summary", "")))
    return msgspec.structs.replace(front, rest=tuple(rest)), list(lines[end + 1 :])


def written(meta: Meta) -> str:
    values = {"title": _value(meta.title), "order": meta.order, "part": meta.part, "summary": _value(meta.summary)}
    lines = [f"{key}: {value}".rstrip() for key, value in values.items()]
    return "\n".join([RULE, *lines, RULE, ""])


def cut(text: str, key: str) -> str:
    most = MAX_VALUE[key]
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _fits(key: str, value: str) -> bool:
    if key == "order":
        return value.isascii() and value.isdigit() and int(value[:9]) <= MAX_ORDER
    if key == "part":
        return value in PARTS
    return 0 < len(_bare(value)) <= MAX_VALUE[key]


def _bare(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def _value(text: str) -> str:
    """Quoted where reading it would take its own quotes for the file's."""
    if _bare(text) == text:
        return text
    return f"'{text}'" if text[0] == '"' else f'"{text}"'
