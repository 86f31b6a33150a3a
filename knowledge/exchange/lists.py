"""Lists as the renderer needs them: a blank line before, `-` or `1.` as marks, four spaces a level."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.exchange.account import Account
from knowledge.exchange.lines import Line
from secdash.facts.message import say

ITEM = re.compile(r"[ \t]*([-*+•‣▪◦●○■·]|\d{1,9}[.)])[ \t]+(\S.*)")
EMPTY = re.compile(r"[ \t]*(?:[-*+•]|\d{1,9}[.)])[ \t]*")
RULE = re.compile(r"[ \t]*([-*_])(?:[ \t]*\1){2,}[ \t]*")
STEP = 4


def straightened(lines: Sequence[Line], account: Account) -> list[Line]:
    walk = _Walk(account)
    for line in lines:
        walk.take(line)
    return walk.out


class _Walk:
    """`levels` are the indents of the list one is in, outermost first; empty outside lists."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.out: list[Line] = []
        self.levels: list[int] = []
        self.shift = 0

    def take(self, line: Line) -> None:
        if line.code:
            self._code(line)
        elif line.blank:
            self.out.append(line)
        elif (found := ITEM.fullmatch(line.text)) and not RULE.fullmatch(line.text) and self._is_item(line, found[1]):
            self._item(line, found[1], found[2])
        else:
            self._other(line)

    @property
    def _after_blank(self) -> bool:
        return not self.out or self.out[-1].blank

    def _is_item(self, line: Line, mark: str) -> bool:
        """Outside a list, four spaces are code, and only a first number interrupts a paragraph."""
        if self.levels:
            return True
        if self._after_blank:
            return line.indent < STEP
        return not mark[0].isdigit() or mark[:-1] == "1"

    def _item(self, line: Line, mark: str, text: str) -> None:
        if not self.levels and not self._after_blank:
            self.account.changed(line.number, "list", self.out[-1].text, "blank line before the list")
            self.out.append(Line(line.number, ""))
        while self.levels and line.indent < self.levels[-1]:
            self.levels.pop()
        if not self.levels or line.indent > self.levels[-1]:
            self.levels.append(line.indent)
        made = f"{' ' * STEP * (len(self.levels) - 1)}{_mark(mark)} {text}"
        self._put(line, made)

    def _other(self, line: Line) -> None:
        if EMPTY.fullmatch(line.text):
            self.account.keep(line.number, line.text, say("A list item is empty."))
        if self.levels and self._after_blank:
            self._continue(line)
        else:
            self.out.append(line)

    def _continue(self, line: Line) -> None:
        """A paragraph after a blank line stays in the item that it is indented to, or ends the list."""
        inside = sum(line.indent >= level + 2 for level in self.levels)
        if not inside:
            self.levels = []
            self.out.append(line)
            return
        del self.levels[inside:]
        self._put(line, f"{' ' * STEP * inside}{line.text.lstrip()}")

    def _code(self, line: Line) -> None:
        if not (self.out and self.out[-1].code):
            self._opened(line)
        self._put(line, f"{' ' * self.shift}{line.text}" if self.shift and line.text else line.text)

    def _opened(self, line: Line) -> None:
        inside = sum(line.indent >= level + 2 for level in self.levels)
        self.shift = max(inside * STEP - line.indent, 0)
        if not inside:
            self.levels = []

    def _put(self, line: Line, text: str) -> None:
        self.account.changed(line.number, "list", line.text, text)
        self.out.append(Line(line.number, text, line.code))


def _mark(mark: str) -> str:
    if mark[0].isdigit():
        return f"{mark[:-1]}."
    return mark if mark in "-*+" else "-"
