"""Meters and sparklines as markup. Tables draw one a row, so they are written here and not by a template each."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from secdash.web.drawing import Line, Part

NOTHING = mark_safe('<rect class="f-track" width="100%" />')
HIDDEN = mark_safe('aria-hidden="true"')


def meter(parts: Iterable[Part], *, said: str = "", thick: bool = False) -> SafeString:
    """`said` is what a screen reader reads; without it the numbers stand beside the meter, which is decoration."""
    drawn = format_html_join("", '<rect class="{}" x="{}" width="{}" />', parts)
    return format_html('<svg class="meter{}" {}>{}</svg>', " thick" if thick else "", _label(said), drawn or NOTHING)


def spark(line: Line | None, *, label: str = "", css: str = "") -> SafeString:
    """`label` says what it shows; an empty line leaves the place empty."""
    end = '<path d="{}" /><circle cx="{}" cy="{}" r="3" />'
    drawn = format_html(end, line.path, line.end_x, line.end_y) if line else ""
    return format_html('<svg class="spark {}" viewBox="0 0 96 24" {}>{}</svg>', css, _label(label), drawn)


def _label(said: str) -> SafeString:
    return format_html('role="img" aria-label="{}"', said) if said else HIDDEN
