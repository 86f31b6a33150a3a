"""A text as numbered lines, each of them known to be code or not."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from knowledge.exchange.account import Account
from knowledge.limits import MAX_PARAGRAPH
from knowledge.problems import Refused
from knowledge.source import CONTROL, FENCE
from secdash.facts.message import say


class Line(msgspec.Struct, frozen=True):
    """`number` is that of the original; `code` says that it belongs to a fenced block, its marks included."""

    number: int
    text: str
    code: bool = False

    @property
    def blank(self) -> bool:
        return not self.text.strip()

    @property
    def indent(self) -> int:
        expanded = self.text.expandtabs(4)
        return len(expanded) - len(expanded.lstrip(" "))


def numbered(text: str, account: Account) -> list[Line]:
    """Line ends as line feeds, without the byte order mark and control characters; fenced code is marked."""
    if text.startswith("\ufeff"):
        account.changed(1, "characters", "byte order mark", "")
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = []
    for number, line in enumerate(plain.split("\n"), 1):
        clean = CONTROL.sub("", line)
        account.changed(number, "characters", line, clean)
        lines.append(Line(number, clean))
    return lines


def with_code_marked(lines: Iterable[Line], account: Account) -> list[Line]:
    """A block that is never closed is closed at the end of the text."""
    marked: list[Line] = []
    closing: re.Pattern[str] | None = None
    opened, mark = 0, ""
    for line in lines:
        opening = FENCE.fullmatch(line.text) if closing is None else None
        marked.append(Line(line.number, line.text, code=bool(closing or opening)))
        if opening:
            opened, mark = line.number, f"{opening[1]}{opening[2]}"
            closing = re.compile(rf"[ ]{{0,{len(opening[1]) + 3}}}{re.escape(mark[-1])}{{{len(opening[2])},}}[ \t]*")
        elif closing and closing.fullmatch(line.text):
            closing = None
    if closing is not None:
        account.keep(opened, mark, say("The code block is never closed; it was closed at the end of the text."))
        marked.append(Line(marked[-1].number, mark, code=True))
    return marked


def refuse_endless(lines: Iterable[Line]) -> None:
    """A line that no article could hold would only cost time."""
    for line in lines:
        if len(line.text) > MAX_PARAGRAPH and not line.code:
            raise Refused(
                say("Line %(line)s is too long: %(limit)s characters at most.", line=line.number, limit=MAX_PARAGRAPH)
            )


def without_runs_of_blanks(lines: Iterable[Line], account: Account) -> list[Line]:
    """One blank line where there were several, outside code."""
    kept: list[Line] = []
    for line in lines:
        if line.blank and not line.code and kept and kept[-1].blank and not kept[-1].code:
            account.changed(line.number, "spacing", "blank line", "")
        else:
            kept.append(line)
    return kept
