"""Headings as people type them: hashes without a space, underlines, numbers, levels that skip."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

import msgspec

from knowledge.exchange.account import Account
from knowledge.exchange.lines import Line
from knowledge.problems import Refused
from knowledge.source import ANCHOR, slug
from secdash.facts.message import say

HEADING = re.compile(r"[ ]{0,3}(#{1,6})(?=[^#\n]*[^#\s])(.*)")
TOO_DEEP = re.compile(r"[ ]{0,3}#{7,}[ \t]*([^#\s].*)")
HASHES = re.compile(r"[ ]{0,3}#+[ \t]*")
SPACES = re.compile(r"[ \t]+")
CLOSING = re.compile(r"[ \t]+#+$")
UNDERLINE = re.compile(r"[ ]{0,3}(=+|-{2,})[ \t]*")
NOT_TITLE = re.compile(r"[ ]{0,3}(?:[-*+>|#]|\d+[.)][ \t])|[ ]{4}|\t|.*\|")
NUMBER = re.compile(r"(?:([IVXLC]+|[A-Z]|[a-z]|\d{1,3}(?:\.\d{1,3})*)[ \t]*[.)]|(\d{1,3}(?:\.\d{1,3})+))[ \t]+(?=\S)")
ROMAN = re.compile(r"(?=.)X{0,3}(?:IX|IV|V?I{0,3})")
LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
PAIRED = re.compile(r"(?<!\w)(\*{1,3}|_{1,3}|`+)(?=\S)(.+?)(?<=\S)\1(?!\w)")
ESCAPE = re.compile(r"\\(?=[^\w\s])")
RESERVED = "a-notes"
DEEPEST = 6
LONGEST = 1_000
MOST = 5_000


class Head(msgspec.Struct, frozen=True):
    """`raw` is the line as typed, `text` what it shows, `number` what that begins with and `title` what follows.

    `given` is an anchor that was typed.
    """

    line: int
    raw: str
    level: int
    text: str
    number: str
    title: str
    given: str = ""


class Block(msgspec.Struct):
    """A heading and what stands under it, up to the next one; the first has none."""

    head: Head | None
    lines: list[Line]

    @property
    def level(self) -> int:
        return self.head.level if self.head else 0

    @property
    def empty(self) -> bool:
        return all(line.blank for line in self.lines)


def blocks(lines: Sequence[Line], account: Account) -> list[Block]:
    """The text cut at its headings, whose levels follow one another without a gap."""
    found = [Block(None, [])]
    for line in lines:
        head = None if line.code else _head(line)
        if head:
            found.append(Block(head, []))
        elif not _underlines(line, found[-1], account):
            found[-1].lines.append(_told(line, account))
    if len(found) > MOST:
        raise Refused(say("The text has too many headings: %(limit)s at most.", limit=MOST))
    return _levelled(_underlined(found), account)


def _head(line: Line) -> Head | None:
    if deep := TOO_DEEP.fullmatch(line.text):
        return _made(line, DEEPEST, deep[1])
    found = HEADING.fullmatch(line.text)
    return _made(line, len(found[1]), found[2]) if found else None


def _made(line: Line, level: int, rest: str) -> Head:
    text = SPACES.sub(" ", rest.strip())
    explicit = ANCHOR.search(text)
    text = CLOSING.sub("", text[: explicit.start()].strip() if explicit else text)
    number = NUMBER.match(text)
    value = (number[1] or number[2]) if number else ""
    title = text[number.end() :] if number else text
    return Head(line.number, line.text, level, text, value, title, explicit[1] if explicit else "")


def _told(line: Line, account: Account) -> Line:
    if not line.code and HASHES.fullmatch(line.text):
        account.keep(line.number, line.text, say("A heading without words."))
    return line


def _underlines(line: Line, block: Block, account: Account) -> bool:
    """A row of dashes under a heading is decoration; under a line of text it makes that a heading."""
    found = None if line.code else UNDERLINE.fullmatch(line.text)
    if not found:
        return False
    if block.head and not block.lines and len(found[1]) > 2:
        account.changed(line.number, "underline", line.text, "")
        return True
    return False


def _underlined(found: Sequence[Block]) -> list[Block]:
    out: list[Block] = []
    for block in found:
        current = Block(block.head, [])
        for line in block.lines:
            mark = UNDERLINE.fullmatch(line.text)
            if mark and not line.code and _is_title(current.lines):
                title = current.lines.pop()
                out.append(current)
                current = Block(_made(title, 1 if "=" in mark[1] else 2, title.text), [])
            else:
                current.lines.append(line)
        out.append(current)
    return out


def _is_title(before: Sequence[Line]) -> bool:
    if not before or before[-1].blank or before[-1].code or NOT_TITLE.match(before[-1].text):
        return False
    return len(before) == 1 or before[-2].blank


def _levelled(found: Sequence[Block], account: Account) -> list[Block]:
    """Each heading is one deeper than the one it stands under, however many hashes it was given."""
    above: list[int] = []
    out: list[Block] = []
    top = min((block.level for block in found if block.head), default=1)
    for block in found:
        if block.head is None:
            out.append(block)
            continue
        while above and above[-1] >= block.head.level:
            above.pop()
        level = top + len(above)
        above.append(block.head.level)
        if level != block.head.level:
            account.changed(block.head.line, "level", "#" * block.head.level, "#" * level)
        out.append(Block(msgspec.structs.replace(block.head, level=level), block.lines))
    return [block for block in out if block.head or not block.empty]


def words(text: str) -> str:
    """A heading or a sentence without its markup; of one that goes on and on, the beginning."""
    text = text[:LONGEST]
    return ESCAPE.sub("", PAIRED.sub(r"\2", PAIRED.sub(r"\2", LINK.sub(r"\1", text)))).strip()


def anchor(head: Head, taken: Container[str]) -> str:
    """From the words without their number: the same text gives the same anchor; the second of a name is `name-2`."""
    wanted = head.given or named(head.title)
    candidate, number = wanted, 2
    while candidate in taken or candidate == RESERVED:
        candidate, number = f"{wanted}-{number}", number + 1
    return candidate


def named(title: str) -> str:
    made = slug(words(title).replace("’", " ").replace("‘", " "))
    return made if made[0].isalpha() else f"s-{made}"
