"""Words on paper, where no colour and no icon stands beside them."""

from __future__ import annotations

from datetime import datetime

from django import template

from secdash.web import times
from secdash.web.words import SEVERITY_WORDS, VERDICT_WORDS, severity_name

register = template.Library()


@register.filter
def severity_said(value: object) -> str:
    return str(SEVERITY_WORDS[severity_name(value)])


@register.filter
def verdict_said(value: object) -> str:
    return str(VERDICT_WORDS[str(value)])


@register.filter
def as_moment(value: datetime) -> str:
    """A day and a time with its zone, in the language of the paper."""
    return times.moment(value)
