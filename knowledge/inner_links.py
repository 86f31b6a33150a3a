"""Links of an article's source that lead into the guide, with the line they stand on. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from knowledge.sanitising import ARTICLE_FILE
from knowledge.source import Source, Text

LINK = re.compile(r"\]\(\s*<?([^()\s<>]+)")
CODE = re.compile(r"`[^`]*`")


class InnerLink(msgspec.Struct, frozen=True):
    """`key` is empty for a link to a section of the article itself, `anchor` for one to a whole article."""

    line: int
    key: str
    anchor: str

    @property
    def written(self) -> str:
        return (f"{self.key}.md" if self.key else "") + (f"#{self.anchor}" if self.anchor else "")


def inner_links(source: Source) -> Iterator[InnerLink]:
    for item in source.items:
        if isinstance(item, Text):
            for found in LINK.finditer(CODE.sub("", item.text)):
                if link := _inner(item.line, found[1]):
                    yield link


def _inner(line: int, target: str) -> InnerLink | None:
    if target.startswith("#"):
        return InnerLink(line, "", target[1:])
    found = ARTICLE_FILE.fullmatch(target)
    return InnerLink(line, found[1], (found[2] or "").removeprefix("#")) if found else None
