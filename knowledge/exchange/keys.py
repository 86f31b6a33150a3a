"""Which section becomes the article of which key: a small file, one line a section.

    I.A Les technologies du noyau = kernel
    II.C = containers-by-need
    Conclusion = conclusion

A line names the section by its number, by its title, or by both, in which case both must be so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from knowledge.exchange.headings import named
from knowledge.problems import Refused
from secdash.facts.message import say

LINE = re.compile(r"(?P<number>(?:[IVXLC]+|[A-Z]|[a-z]|\d+)(?:\.(?:[A-Z]|[a-z]|\d+))*)?(?:[ \t]+|$)(?P<title>.*)")
KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
FIRST_EDITION = Path(__file__).with_name("first_edition.keys")


class Row(msgspec.Struct, frozen=True):
    number: str
    title: str
    key: str

    def names(self, number: str, title: str) -> bool:
        return self.number in ("", number) and self.title in ("", title)


class Keys(msgspec.Struct, frozen=True):
    rows: tuple[Row, ...] = ()

    def key(self, path: Sequence[str], title: str) -> str:
        """The key of the first line that names the section; "" for none."""
        number, name = ".".join(path), named(title)
        return next((row.key for row in self.rows if row.names(number, name)), "")


def read_keys(text: str) -> Keys:
    """Raises Refused with the line that is wrong."""
    lines = [(number, line.partition("#")[0].strip()) for number, line in enumerate(text.splitlines(), 1)]
    return Keys(tuple(_row(number, line) for number, line in lines if line))


def first_edition() -> Keys:
    """The lettered parts of the first edition, under the keys that the guide has for them today."""
    return read_keys(FIRST_EDITION.read_text(encoding="utf-8"))


def _row(number: int, line: str) -> Row:
    section, equals, key = (part.strip() for part in line.rpartition("="))
    if not equals or not section or not KEY.fullmatch(key) or len(key) > 80:
        raise Refused(say("Line %(line)s of the keys is not “SECTION = key”.", line=number))
    found = LINE.fullmatch(section)
    if found and found["number"]:
        return Row(found["number"], named(found["title"]) if found["title"] else "", key)
    return Row("", named(section), key)
