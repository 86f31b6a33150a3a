"""Letters in a language."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext

from secdash.messaging import dialects
from secdash.messaging.dialects import Dialect
from secdash.messaging.letters import Letter, Line


class Written(NamedTuple):
    """A letter as it is sent: `body` in the dialect that was asked for, `plain` beside it."""

    subject: str
    body: str
    plain: str


def translate(line: Line) -> str:
    """The sentence in the language in force, its places still open."""
    if not line.text:
        return ""
    if line.plural:
        return ngettext(line.text, line.plural, line.number)
    return pgettext(line.context, line.text) if line.context else gettext(line.text)


def written(letter: Letter, dialect: Dialect, *, language: str) -> Written:
    with translation.override(language):
        return Written(
            dialects.subject(letter, translate),
            dialects.body(letter, dialect, translate, origin=settings.PUBLIC_URL),
            dialects.body(letter, Dialect.PLAIN, translate, origin=settings.PUBLIC_URL),
        )
