"""Bounds on what the Markdown parser is given: quadratic in brackets, worse in backticks, recursive in quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from knowledge.problems import Refused
from knowledge.source import Heading, Item, Text
from secdash.facts.message import say

# Measured: a step costs about 0.3 µs, so that the worst text allowed takes well under a second.
MAX_STEPS = 1_500_000
MAX_DEPTH = 24
MAX_BACKTICKS = 8
MAX_NOTES = 400
MAX_PARAGRAPH = 20_000

BRACKET = re.compile(r"\]\(|[\[\]()]")
CONTAINERS = re.compile(r"(?:[ ]|>|[-*+:][ ]|\d{1,9}[.][ ])*")
NOTE = "[^"
QUOTE = re.compile(r">|[-*+:][ ]|\d[.][ ]|[ ]{4}")


def refuse_excess(items: Sequence[Item]) -> None:
    """Raises Refused for nesting and bracket runs that no article needs."""
    for item in items:
        if isinstance(item, Text | Heading):
            _refuse_line(item)
    if sum(item.text.count(NOTE) for item in items if isinstance(item, Text | Heading)) > MAX_NOTES:
        raise Refused(say("The text has too many notes: %(limit)s at most.", limit=MAX_NOTES))
    paragraphs = list(_paragraphs(items))
    if max(map(len, paragraphs)) > MAX_PARAGRAPH:
        raise Refused(say("A paragraph or table is too long: %(limit)s characters at most.", limit=MAX_PARAGRAPH))
    if sum(map(_steps, paragraphs)) > MAX_STEPS:
        raise Refused(say("The text has too many brackets that are never closed."))


def _refuse_line(item: Text | Heading) -> None:
    if "`" * (MAX_BACKTICKS + 1) in item.text:
        raise Refused(say("Line %(line)s has too many backticks in a row.", line=item.line))
    opening = CONTAINERS.match(item.text.expandtabs(4))
    if opening and len(QUOTE.findall(opening[0])) > MAX_DEPTH:
        raise Refused(say("Line %(line)s is nested too deeply.", line=item.line))


def _paragraphs(items: Sequence[Item]) -> Iterator[str]:
    lines: list[str] = []
    for item in items:
        if isinstance(item, Text) and item.text.strip():
            lines.append(item.text)
        else:
            yield "\n".join(lines)
            lines = [item.text] if isinstance(item, Heading) else []
    yield "\n".join(lines)


def _steps(text: str) -> int:
    """How many characters a search for the partner of each bracket, and of each link's parenthesis, reads."""
    return sum(_searched(text, pair) for pair in ("[]", "()"))


def _searched(text: str, pair: str) -> int:
    steps = 0
    opened: list[tuple[int, bool]] = []
    for found in BRACKET.finditer(text):
        if found[0][-1] == pair[0]:
            opened.append((found.start(), pair == "[]" or len(found[0]) == 2))
        elif pair[1] in found[0] and opened:
            start, counts = opened.pop()
            steps += (found.start() - start) * counts
    return steps + sum(len(text) - start for start, counts in opened if counts)
