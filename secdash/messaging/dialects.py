"""How a letter is written out: plain text, Markdown for chats, HTML for mail.

A name that comes from a host must not call people (`@channel`, `<!here>`), become a link, or break out of its line,
in whatever the other side makes of the text. Backslashes would show where nothing is rendered, so the signs that
begin something are parted from what they would act on by a space of no width.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from html import escape

from secdash.messaging.letters import Letter, Line

LONGEST_TITLE = 150
LONGEST_VALUE = 200
APART = "\u200b"
BEGINS = re.compile(r"@|:(?=//)|\](?=[(\[:])|(?<=www)\.|&(?=[#\w]+;)", re.IGNORECASE)
ANGLES = str.maketrans({"<": "‹", ">": "›", "`": "ˋ", "\\": "⧵"})
INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")  # what hides, turns the direction or breaks the line

Translate = Callable[[Line], str]


class Dialect(StrEnum):
    PLAIN = "plain"
    MARKDOWN = "markdown"
    HTML = "html"
    PAGE = "page"  # of ours, whose templates escape


def subject(letter: Letter, translate: Translate) -> str:
    """The title as one short line of plain text."""
    text = text_of(letter.title, Dialect.PLAIN, translate)
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1]}…"


def body(letter: Letter, dialect: Dialect, translate: Translate, *, origin: str) -> str:
    """The lines; `origin` is put before the paths that they lead to."""
    if dialect is Dialect.HTML:
        return _as_html(letter, translate, origin)
    written = []
    for line in letter.lines:
        text = text_of(line, dialect, translate)
        end = f" {origin}{line.url}" if line.url else ""
        written.append(f"- {text}{end}" if line.is_item else f"\n{text}{end}")
    return "\n".join(written).strip()


def harmless(name: str) -> str:
    """The name as it reads, without anything that acts on whoever shows it."""
    seen = "".join(" " if unicodedata.category(sign) in INVISIBLE else sign for sign in name)
    cut = seen if len(seen) <= LONGEST_VALUE else f"{seen[: LONGEST_VALUE - 1]}…"
    return BEGINS.sub(lambda found: f"{found.group()}{APART}", cut).translate(ANGLES)


def text_of(line: Line, dialect: Dialect, translate: Translate) -> str:
    """One line, without where it leads."""
    text = translate(line)
    text = escape(text) if dialect is Dialect.HTML else text
    return text % {name: _value(value, dialect, translate) for name, value in line.values} if line.values else text


def _value(value: str | tuple[Line, ...], dialect: Dialect, translate: Translate) -> str:
    if isinstance(value, tuple):
        return ", ".join(text_of(each, dialect, translate) for each in value)
    if value.isdecimal():
        return value
    match dialect:
        case Dialect.MARKDOWN:
            return f"`{harmless(value)}`" if value.strip() else ""
        case Dialect.HTML:
            return f"<b>{escape(harmless(value))}</b>"
        case Dialect.PLAIN:
            return harmless(value)
        case Dialect.PAGE:
            return value


def _as_html(letter: Letter, translate: Translate, origin: str) -> str:
    parts = [f"<h1>{text_of(letter.title, Dialect.HTML, translate)}</h1>"]
    items: list[str] = []
    for line in letter.lines:
        text = text_of(line, Dialect.HTML, translate)
        linked = f'<a href="{escape(origin + line.url)}">{text}</a>' if line.url else text
        if line.is_item:
            items.append(f"<li>{linked}</li>")
        else:
            parts += [*_list(items), f"<p>{linked}</p>"]
            items = []
    return "\n".join([*parts, *_list(items)])


def _list(items: list[str]) -> list[str]:
    return [f"<ul>{''.join(items)}</ul>"] if items else []
