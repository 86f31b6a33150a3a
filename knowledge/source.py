"""Reads an article's source line by line: metadata, headings, fences, directives. Shared by rendering and claims."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import msgspec

from knowledge.metadata import Meta, read_meta
from knowledge.problems import Problem, Refused
from secdash.facts.message import Message, say

MAX_CHARACTERS = 80_000
MAX_LINES = 4_000
MAX_ITEMS = 2_000

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
HEADING = re.compile(r"(#{1,6})(?=[^#\n]*[^#\s])(.*)")
ANCHOR = re.compile(r"[ \t]*\{:?[ \t]*#([A-Za-z][A-Za-z0-9_-]{0,99})(?:[ \t][^}]*)?\}$")
DIRECTIVE = re.compile(r":::(.*)")
CHECK = re.compile(r"[ \t]*check[ \t]+(\S+)[ \t]*")
FENCE = re.compile(r"([ ]*)(`{3,}|~{3,})[ \t]*([^`\s]*)[^`]*")
NOT_WORD = re.compile(r"[^a-z0-9]+")


class Text(msgspec.Struct, frozen=True):
    line: int
    text: str


class Heading(msgspec.Struct, frozen=True):
    line: int
    level: int
    text: str
    anchor: str


class Directive(msgspec.Struct, frozen=True):
    """`::: check NAME`; `anchor` is that of the section it stands in, "" before the first heading."""

    line: int
    check: str
    anchor: str


class Fence(msgspec.Struct, frozen=True):
    line: int
    indent: int
    language: str
    code: str


Item = Text | Heading | Directive | Fence


class Source(msgspec.Struct, frozen=True):
    meta: Meta
    items: tuple[Item, ...]
    problems: tuple[Problem, ...]

    @property
    def headings(self) -> list[Heading]:
        return [item for item in self.items if isinstance(item, Heading)]

    @property
    def directives(self) -> list[Directive]:
        return [item for item in self.items if isinstance(item, Directive)]


def scan(body: str) -> Source:
    """Raises Refused for a text that is too large to render."""
    if len(body) > MAX_CHARACTERS:
        raise Refused(say("The text is too long: %(limit)s characters at most.", limit=MAX_CHARACTERS))
    lines = CONTROL.sub("", body.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")).split("\n")
    if len(lines) > MAX_LINES:
        raise Refused(say("The text has too many lines: %(limit)s at most.", limit=MAX_LINES))
    meta, first, problems = read_meta(lines)
    reader = _Reader(lines, first)
    items = tuple(reader.items())
    if sum(not isinstance(item, Text) for item in items) > MAX_ITEMS:
        raise Refused(say("The text has too many headings and code blocks: %(limit)s at most.", limit=MAX_ITEMS))
    return Source(meta, items, (*problems, *reader.problems))


def slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return NOT_WORD.sub("-", plain).strip("-")[:80] or "section"


class _Reader:
    """Walks the lines once; what it has seen so far decides anchors and what a directive belongs to."""

    def __init__(self, lines: list[str], first: int) -> None:
        self.lines = lines
        self.at = first
        self.anchors: set[str] = set()
        self.current = ""
        self.claimed: set[str] = set()
        self.problems: list[Problem] = []

    def items(self) -> Iterator[Item]:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            if found := FENCE.fullmatch(line):
                yield self._fence(len(found[1]), found[2], found[3])
            elif found := HEADING.fullmatch(line):
                yield self._heading(len(found[1]), found[2])
            elif (found := DIRECTIVE.fullmatch(line)) and (directive := self._directive(found[1])):
                yield directive
            else:
                yield Text(self.at, line)

    def _fence(self, indent: int, mark: str, language: str) -> Fence:
        opened = self.at
        closing = re.compile(rf"[ ]{{0,{indent + 3}}}{re.escape(mark[0])}{{{len(mark)},}}[ \t]*")
        code: list[str] = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            if closing.fullmatch(line):
                break
            code.append(line[_leading(line, indent) :])
        else:
            self._problem(opened, say("This code block is never closed."))
        return Fence(opened, indent, language.lower(), "\n".join(code))

    def _heading(self, level: int, rest: str) -> Heading:
        text = rest.strip()
        explicit = ANCHOR.search(text)
        text = (text[: explicit.start()] if explicit else text).strip().rstrip("#").rstrip()
        anchor = explicit[1] if explicit else self._free(slug(text))
        if anchor in self.anchors:
            self._problem(self.at, say("The anchor “%(anchor)s” is already used in this article.", anchor=anchor))
        self.anchors.add(anchor)
        self.current = anchor
        return Heading(self.at, level, text or anchor, anchor)

    def _directive(self, rest: str) -> Directive | None:
        found = CHECK.fullmatch(rest)
        if not found:
            self._problem(self.at, say("This directive is not known; write “::: check NAME”."))
            return None
        if not self.current:
            self._problem(self.at, say("A check is claimed before the first heading; move the line into a section."))
        if found[1] in self.claimed:
            self._problem(self.at, say("This article already claims the check “%(check)s”.", check=found[1]))
        self.claimed.add(found[1])
        return Directive(self.at, found[1], self.current)

    def _problem(self, line: int, message: Message) -> None:
        self.problems.append(Problem(line, message))

    def _free(self, anchor: str) -> str:
        candidate, number = anchor, 2
        while candidate in self.anchors:
            candidate, number = f"{anchor}-{number}", number + 1
        return candidate


def _leading(line: str, most: int) -> int:
    return min(len(line) - len(line.lstrip(" ")), most)
