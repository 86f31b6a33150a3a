"""What a page writes of a check or of an item of the benchmark whatever hosts say and whoever reads.

The catalogue and its translations stay as they are while a process lives, so each part is rendered once a language, by
its template, and kept. Nothing that comes from a database or depends on the reader belongs here.
"""

from __future__ import annotations

from functools import cache

from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from secdash.checks import CATALOGUE
from secdash.checks.benchmark import items


def check_part(template: str, name: str) -> SafeString:
    """The template with `check` from the catalogue, in the reader's language. Raises KeyError for an unknown name."""
    return _of_check(template, name, get_language(), get_script_prefix())


def item_part(template: str, edition: str, number: str) -> SafeString:
    """The template with `item` of the edition, in the reader's language."""
    return _of_item(template, edition, number, get_language(), get_script_prefix())


@cache
def _of_check(template: str, name: str, _language: str | None, _prefix: str) -> SafeString:
    return _rendered(template, check=CATALOGUE[name])


@cache
def _of_item(template: str, edition: str, number: str, _language: str | None, _prefix: str) -> SafeString:
    return _rendered(template, item=next(item for item in items(edition) if item.number == number))


def _rendered(template: str, **context: object) -> SafeString:
    return mark_safe(render_to_string(template, context).strip())  # noqa: S308 - a rendered template
