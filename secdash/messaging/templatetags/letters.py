"""Letters on a page, in the reader's language; what they return is escaped as any text is."""

from __future__ import annotations

from typing import NamedTuple

from django import template

from secdash.messaging.dialects import Dialect, text_of
from secdash.messaging.letters import Letter
from secdash.messaging.wording import translate

register = template.Library()


class PageLine(NamedTuple):
    text: str
    url: str
    is_item: bool


@register.filter
def title_of(letter: Letter) -> str:
    return text_of(letter.title, Dialect.PAGE, translate)


@register.filter
def lines_of(letter: Letter) -> list[PageLine]:
    return [PageLine(text_of(line, Dialect.PAGE, translate), line.url, line.is_item) for line in letter.lines]
