"""`{% drawn_once line query %} … {% enddrawn_once %}`: what stands between is drawn once for the same values."""

from __future__ import annotations

from itertools import count
from typing import Any

from django import template
from django.db.models import Model
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from secdash.web.drawing_once import drawn

register = template.Library()
PLACES = count()  # templates are read once a process


@register.tag
def drawn_once(parser: Parser, token: Token) -> DrawnOnce:
    """The values are all that the part depends on, besides the language; a row of the database says too little of
    itself to be one of them, and who is reading must not matter.
    """
    values = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    if not values:
        raise template.TemplateSyntaxError("drawn_once needs the values that the part is drawn from")
    nodes = parser.parse(("enddrawn_once",))
    parser.delete_first_token()
    return DrawnOnce(values, nodes)


class DrawnOnce(Node):
    child_nodelists = ("nodelist",)

    def __init__(self, values: list[FilterExpression], nodelist: NodeList) -> None:
        self._values = values
        self._place = next(PLACES)
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        values = [_plain(value.resolve(context)) for value in self._values]
        text = drawn.once(repr((self._place, get_language(), values)), lambda: self.nodelist.render(context))
        return mark_safe(text)  # noqa: S308 - a rendered template


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        raise TypeError(f"{type(value).__name__} does not tell all that it is drawn from; name its fields")
    return value
