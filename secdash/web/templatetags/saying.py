"""`{{ message|sentence }}`."""

from __future__ import annotations

from django import template

from secdash.web.saying import Sayable, said

register = template.Library()


@register.filter
def sentence(message: Sayable | None) -> str:
    """A message in the reader's language; escaped like any text."""
    return said(message)
