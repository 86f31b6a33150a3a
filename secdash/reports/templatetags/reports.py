"""Words on paper, where no colour and no icon stands beside them."""

from __future__ import annotations

from django import template

from secdash.web.words import SEVERITY_WORDS, VERDICT_WORDS, severity_name

register = template.Library()


@register.filter
def severity_said(value: object) -> str:
    return str(SEVERITY_WORDS[severity_name(value)])


@register.filter
def verdict_said(value: object) -> str:
    return str(VERDICT_WORDS[str(value)])
