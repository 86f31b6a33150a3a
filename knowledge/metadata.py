"""The block between `---` lines that opens an article: title, order, part, summary."""

from __future__ import annotations

import msgspec

from knowledge.problems import Problem
from secdash.facts.message import say

RULE = "---"
KEYS = ("title", "order", "part", "summary")
PARTS = ("", "I", "II", "III")
MAX_VALUE = {"title": 200, "summary": 400}


class Meta(msgspec.Struct, frozen=True):
    title: str = ""
    order: int = 0
    part: str = ""
    summary: str = ""


def read_meta(lines: list[str]) -> tuple[Meta, int, list[Problem]]:
    """The metadata, the index of the first line behind it, and what is wrong with it."""
    if not lines or lines[0].rstrip() != RULE:
        return Meta(), 0, [Problem(1, say("The text must begin with its metadata between two lines of “---”."))]
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() == RULE), 0)
    if not end:
        return Meta(), 0, [Problem(1, say("The metadata is never closed: put a line of “---” after it."))]
    values, problems = _pairs(lines[1:end])
    meta = Meta(values.get("title", ""), _order(values, problems), values.get("part", ""), values.get("summary", ""))
    return meta, end + 1, problems + _judged(meta)


def _pairs(lines: list[str]) -> tuple[dict[str, str], list[Problem]]:
    values: dict[str, str] = {}
    problems = []
    for number, line in enumerate(lines, 2):
        key, colon, value = line.partition(":")
        if not line.strip():
            continue
        if not colon or key.strip() not in KEYS or key.strip() in values:
            problems.append(
                Problem(number, say("Metadata holds title, order, part and summary, each once: “%(line)s”.", line=line))
            )
        else:
            values[key.strip()] = _unquoted(value.strip())
    return values, problems


def _order(values: dict[str, str], problems: list[Problem]) -> int:
    given = values.get("order", "0")
    if given.isascii() and given.isdigit() and len(given) <= 5:
        return int(given)
    problems.append(Problem(1, say("“order” must be a whole number from 0 to 99999.")))
    return 0


def _judged(meta: Meta) -> list[Problem]:
    problems = []
    if not meta.title:
        problems.append(Problem(1, say("The metadata lacks a title.")))
    if meta.part not in PARTS:
        problems.append(Problem(1, say("“part” must be I, II, III or empty.")))
    for key, most in MAX_VALUE.items():
        if len(getattr(meta, key)) > most:
            problems.append(
                Problem(1, say("“%(key)s” is too long: %(limit)s characters at most.", key=key, limit=most))
            )
    return problems


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value
