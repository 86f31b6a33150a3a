"""Pieces of a text as articles in the guide's own form: key, metadata, headings with anchors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from knowledge.exchange import front
from knowledge.exchange.account import Account
from knowledge.exchange.front import Front
from knowledge.exchange.headings import LINK, Block, Head, anchor, named, words
from knowledge.exchange.keys import Keys
from knowledge.exchange.lines import Line
from knowledge.exchange.splitting import Piece
from knowledge.metadata import Meta
from secdash.facts.message import say

SENTENCE = re.compile(r"(.+?[.!?…])(?=\s|$)")
NOT_PROSE = re.compile(r"[ \t]*(?:[-*+>|][ \t]|\d+\.[ \t]|\||:::|!\[|\[\^?[^\]]+\]:)|[ ]{4}|\t")
WORD = re.compile(r"\w+")
STEP = 10
LONGEST_KEY = 70


class Draft(msgspec.Struct):
    """An article on its way: `lines` are its text without metadata, `anchors` say where each heading has gone."""

    key: str
    meta: Meta
    lines: list[Line]
    anchors: dict[int, str]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines).strip("\n")

    @property
    def body(self) -> str:
        return f"{front.written(self.meta)}\n{self.text}\n" if self.text else front.written(self.meta)


class Naming(msgspec.Struct, frozen=True):
    """What an article is called: `name` where the text gives it none; `standing` is what the guide has by key."""

    keys: Keys
    name: str
    standing: Mapping[str, Meta]


def drafts(pieces: Sequence[Piece], given: Front, naming: Naming, account: Account) -> list[Draft]:
    made: list[Draft] = []
    taken: set[str] = set()
    for piece, order in zip(pieces, _orders(pieces), strict=True):
        said = given if not made else Front()
        head = piece.blocks[0].head if piece.blocks else None
        key = _key(piece.path, head, naming, taken)
        taken.add(key)
        title = said.title or (words(head.title) if head else "") or naming.name
        made.append(_draft(piece, key, title, order, said, naming, account))
    return made


def _draft(piece: Piece, key: str, title: str, order: int, said: Front, naming: Naming, account: Account) -> Draft:
    stands = naming.standing.get(key)
    meta = Meta(
        front.cut(title, "title"),
        said.order if said.order is not None else stands.order if stands else order,
        said.part or (stands.part if stands else piece.part),
        said.summary or front.cut(summary(piece.blocks or piece.carried), "summary"),
    )
    anchors: dict[int, str] = {}
    lines = [*_fenced(said.rest), *_carried(piece, account), *_own(piece, meta.title, anchors, account)]
    return Draft(key, meta, lines, anchors)


def _orders(pieces: Sequence[Piece]) -> Iterator[int]:
    """Hundreds count the parts, tens the articles in them; what stands after the parts follows the last one."""
    base = count = 0
    part = ""
    for piece in pieces:
        if piece.part != part:
            part, base, count = piece.part, base + 100, 0
        count += 1
        yield min(base + count * STEP, front.MAX_ORDER)


def _key(path: Sequence[str], head: Head | None, naming: Naming, taken: set[str]) -> str:
    title = head.title if head else naming.name
    wanted = naming.keys.key(path, title) or (named(title) if head else naming.name)[:LONGEST_KEY].strip("-")
    key, number = wanted, 2
    while key in taken:
        key, number = f"{wanted}-{number}", number + 1
    return key


def _fenced(rest: Sequence[Line]) -> list[Line]:
    """Metadata that means nothing here, where a reader of the text finds it."""
    if not rest:
        return []
    first, last = rest[0].number, rest[-1].number
    code = [Line(line.number, line.text, code=True) for line in rest]
    return [Line(first, "````yaml", code=True), *code, Line(last, "````", code=True), Line(last, "")]


def _carried(piece: Piece, account: Account) -> Iterator[Line]:
    """Headings that only hold articles together have no article; their words open the next one."""
    for block in piece.carried:
        if block.head and piece.blocks:
            text = _emphasised(block.head.text)
            account.changed(block.head.line, "part", block.head.raw, text)
            yield from _paragraph(block.head.line, text)
        elif block.head:
            yield from _paragraph(block.head.line, f"{'#' * block.level} {block.head.text}")
        yield from block.lines


def _own(piece: Piece, title: str, anchors: dict[int, str], account: Account) -> Iterator[Line]:
    taken: set[str] = set()
    for at, block in enumerate(piece.blocks):
        head = block.head
        if head and at == 0:
            yield Line(head.line, "")
            yield from _title(head, title, account)
            anchors[head.line] = ""
            _say_empty(piece, head, account)
        elif head:
            level = min(max(head.level - piece.blocks[0].level + 1, 2), 6)
            anchors[head.line] = anchor(head, taken)
            taken.add(anchors[head.line])
            yield Line(head.line, "")
            yield _heading(head, level, anchors[head.line], account)
            yield Line(head.line, "")
        yield from block.lines


def _title(head: Head, title: str, account: Account) -> Iterator[Line]:
    """A heading becomes the title; what a title cannot hold (links, too many words) opens the text."""
    account.changed(head.line, "title", head.raw, title)
    if LINK.search(head.title) or set(WORD.findall(head.title)) - set(WORD.findall(title)):
        yield from _paragraph(head.line, head.text)


def _heading(head: Head, level: int, name: str, account: Account) -> Line:
    text = f"{'#' * level} {head.text}"
    given = f"{{#{head.given}}}" if head.given else ""
    account.changed(head.line, "heading", head.raw, f"{text} {given}".rstrip())
    account.changed(head.line, "anchor", given, f"{{#{name}}}")
    return Line(head.line, f"{text} {{#{name}}}")


def _say_empty(piece: Piece, head: Head, account: Account) -> None:
    if all(block.empty for block in piece.blocks) and len(piece.blocks) == 1:
        account.keep(head.line, head.text, say("The section has a title and no text."))


def _paragraph(number: int, text: str) -> tuple[Line, ...]:
    return Line(number, ""), Line(number, text), Line(number, "")


def _emphasised(text: str) -> str:
    return text if set("*_`[]<>") & set(text) else f"*{text}*"


def summary(blocks: Sequence[Block]) -> str:
    """The first sentence of the text, without markup; "" for a text that has none."""
    paragraph: list[str] = []
    for line in (line for block in blocks for line in block.lines):
        if line.blank and paragraph:
            break
        if not line.blank and not line.code and not NOT_PROSE.match(line.text):
            paragraph.append(line.text.strip())
    text = words(" ".join(paragraph))
    found = SENTENCE.match(text)
    return found[1] if found else text
