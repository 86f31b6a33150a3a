"""Sanitised HTML as a small tree of blocks whose leaves hold words. Pure.

It reads only what `sanitising.clean` has written: well-formed, with the few elements that are allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser

import msgspec

INLINE = {"a", "b", "br", "code", "em", "i", "img", "span", "strong", "sub", "sup"}
VOID = {"br", "hr", "img"}
WORD = re.compile(r"\w+|\s+|[^\w\s]")


class Word(msgspec.Struct, frozen=True):
    """A word, a space, a sign or a picture, and the opening tags of the inline elements that it stands in."""

    html: str
    within: tuple[str, ...] = ()


class Block(msgspec.Struct):
    """Either blocks, or words. `tag` is empty for words that stand between blocks."""

    tag: str = ""
    opening: str = ""
    blocks: list[Block] = []
    words: list[Word] = []

    @property
    def closing(self) -> str:
        return f"</{self.tag}>" if self.tag and self.tag not in VOID else ""

    @property
    def key(self) -> str:
        """The same for blocks that look the same."""
        return written(self)


def parsed(html: str) -> Block:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


def written(block: Block) -> str:
    inner = "".join(map(written, block.blocks)) + "".join(dressed(block.words))
    return f"{block.opening}{inner}{block.closing}"


def dressed(words: list[Word], mark: str = "") -> Iterator[str]:
    """The words within their inline elements, and within `mark` (ins or del) inside of those."""
    start = 0
    while start < len(words):
        within = words[start].within
        stop = next((at for at in range(start, len(words)) if words[at].within != within), len(words))
        yield "".join(within) + marked([word.html for word in words[start:stop]], mark) + closed(within)
        start = stop


def marked(texts: list[str], mark: str) -> str:
    text = "".join(texts)
    return f"<{mark}>{text}</{mark}>" if mark and text.strip() else text


def closed(within: tuple[str, ...]) -> str:
    return "".join(f"</{re.split(r'[ >]', opening[1:], maxsplit=1)[0]}>" for opening in reversed(within))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Block()
        self.open = [self.root]
        self.within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        opening = _opening(tag, attrs)
        if tag in INLINE and tag not in VOID:
            self.within.append(opening)
        elif tag in INLINE:
            self._leaf().words.append(Word(opening, tuple(self.within)))
        else:
            block = Block(tag, opening)
            self._parent().blocks.append(block)
            if tag not in VOID:
                self.open.append(block)

    def handle_endtag(self, tag: str) -> None:
        if tag in INLINE:
            if tag not in VOID and self.within:
                self.within.pop()
        elif len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        here = self.open[-1]
        if not data.strip() and not self.within and not here.words and (here.blocks or here is self.root):
            return  # line breaks between blocks
        within = tuple(self.within)
        self._leaf().words.extend(Word(escape(word, quote=False), within) for word in WORD.findall(data))

    def _leaf(self) -> Block:
        """Where words go: the block itself, or an unnamed one after the blocks that it holds."""
        here = self.open[-1]
        if not here.blocks and here is not self.root:
            return here
        if not here.blocks or here.blocks[-1].tag:
            here.blocks.append(Block())
        return here.blocks[-1]

    def _parent(self) -> Block:
        """A block that held words and now holds a block: its words move into an unnamed one."""
        here = self.open[-1]
        if here.words:
            words, here.words = here.words, []
            if any(word.html.strip() for word in words):
                here.blocks.append(Block(words=words))
        return here


def _opening(tag: str, attrs: list[tuple[str, str | None]]) -> str:
    """Without ids: both texts stand on one page."""
    kept = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs if name != "id")
    return f"<{tag}{kept}>"
