"""The words of posture's templates: check titles, CIS numbers, evidence, shares."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from django import template
from django.urls import reverse
from django.utils.translation import get_language

from knowledge.reading import FALLBACK
from secdash.checks import CATALOGUE
from secdash.checks.engine import Check
from secdash.checks.outcome import Severity
from secdash.checks.risks import Risk
from secdash.facts.model import Unknown
from secdash.findings.models import Finding
from secdash.posture import counting, lasting
from secdash.posture.catalogue import risks_of
from secdash.posture.choices import kind_word
from secdash.posture.faces import faces_said
from secdash.posture.host import SECTION_NAMES
from secdash.posture.saying import title_of
from secdash.posture.tallies import EDITION

register = template.Library()
SHOWN_CHARACTERS = 400


register.simple_tag(counting.counted)
register.simple_tag(counting.of_how_many)
register.simple_tag(faces_said)
register.simple_tag(lasting.check_part)
register.simple_tag(lasting.item_part)


@register.filter
def check_title(name: str) -> str:
    return title_of(name)


@register.filter
def cis_numbers(name: str) -> str:
    """The check's numbers in the benchmark, "" for none."""
    entry = CATALOGUE.get(name)
    return ", ".join(entry.cis.get(EDITION, ())) if entry else ""


@register.filter
def risks(check: Check) -> list[Risk]:
    """What a failure of the check opens."""
    return risks_of(check)


@register.filter
def severity_name(rank: int) -> str:
    return Severity(rank).word


@register.filter
def kind(name: str) -> str:
    """engine, container, image … in the reader's language."""
    return kind_word(name)


@register.filter
def fact(value: object) -> str:
    """A fact's value as text, "" where it is unknown."""
    return "" if isinstance(value, Unknown) or value is None else str(value)


@register.filter
def as_seen(value: object) -> str:
    """A value of an Engine's answer on one line: text as it is, the rest as JSON."""
    text = value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
    shown = text or '""'
    return shown if len(shown) <= SHOWN_CHARACTERS else f"{shown[:SHOWN_CHARACTERS]}…"


@register.filter
def percentage(share: float | None) -> str:
    """0.914 as 91; a share that is not whole never rounds up to it."""
    if share is None:
        return "–"
    return str(min(round(share * 100), 99 if share < 1 else 100))


@register.filter
def item(mapping: Mapping[str, str], key: str) -> str:
    """The value under a key that the template has in a variable, "" for none."""
    return mapping.get(key, "")


@register.simple_tag
def finding_of(findings: Mapping[str, Finding], key: str) -> Finding | None:
    """The finding under a subject's key."""
    return findings.get(key)


@register.filter
def section_name(number: str) -> str:
    """What a section of the benchmark is about."""
    return str(SECTION_NAMES[number])


@register.simple_tag
def guide_url(article: str, anchor: str) -> str:
    """A place in the guide, in the reader's language."""
    language = get_language() or FALLBACK
    return f"{reverse('article', args=[language, article])}#{anchor}"
