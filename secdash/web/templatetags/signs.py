"""Signs and words: icons, severities, states, verdicts, people, times, notes, the three kinds of nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zlib import crc32

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

from secdash.web import icons, marking, times, words

register = template.Library()


@register.simple_tag
def icon(name: str, *, small: bool = False, css: str = "") -> SafeString:
    return icons.draw(name, small=small, css=css)


@register.simple_tag
def severity(value: object) -> SafeString:
    """0 to 4, or the word."""
    name = words.severity_name(value)
    return format_html('<span class="sev {}">{}</span>', name, words.SEVERITY_WORDS[name])


@register.simple_tag
def severity_word(value: object) -> str:
    return str(words.SEVERITY_WORDS[words.severity_name(value)])


@register.simple_tag
def severity_count(value: object, number: int) -> str:
    """ "3 critical", as one phrase."""
    return words.severity_count(value, number)


@register.simple_tag
def colon() -> str:
    """The sign between a label and what it stands for: French sets a space before it."""
    return pgettext("after a name", ":")


def _word(css: str, drawn: str, text: object) -> SafeString:
    return format_html('<span class="state {}">{}{}</span>', css, icons.draw(drawn, small=True), text)


@register.simple_tag
def state(name: str, text: str = "") -> SafeString:
    """open, accepted or resolved; another wording may be given."""
    return _word(name, words_key(name, icons.STATE_ICONS), text or words.STATE_WORDS[name])


@register.simple_tag
def verdict(name: str, text: str = "") -> SafeString:
    """pass, fail, unknown or not_applicable (also na)."""
    key = {"na": "not_applicable", "n/a": "not_applicable"}.get(str(name), str(name))
    css = "na" if key == "not_applicable" else key
    return _word(css, words_key(key, icons.VERDICT_ICONS), text or words.VERDICT_WORDS[key])


def words_key(name: str, table: Mapping[str, str]) -> str:
    if name not in table:
        raise ValueError(f"{name!r} is none of {', '.join(table)}")
    return table[name]


@register.simple_tag
def avatar(name: str = "", *, small: bool = True) -> SafeString:
    """Two initials in a disc, decoration beside the name; without a name, a dashed disc for nobody."""
    if not name:
        return format_html('<span class="av {} none" aria-hidden="true">–</span>', "s" if small else "")
    letters = "".join(part[0] for part in name.replace(".", " ").replace("-", " ").split()[:2]) or name[0]
    tint = ("", "p2", "p3")[crc32(name.encode()) % 3]
    return format_html(
        '<span class="av {} {}" aria-hidden="true">{}</span>', "s" if small else "", tint, letters.upper()
    )


@register.inclusion_tag("web/_diff.html")
def diff(lines: Iterable[marking.Line], path: str = "", note: str = "") -> dict[str, Any]:
    """Rows with kind (add, del, same), old_no, new_no, text (without a sign) and checks."""
    return {"rows": marking.rows(lines), "path": path, "note": note}


@register.simple_tag
def when(at: date | datetime | None, form: str = "ago", *, now: datetime | None = None) -> SafeString:
    """`form`: ago, short, day, clock or moment. The script rewrites it in the reader's zone."""
    if at is None:
        return format_html('<span class="dim">{}</span>', gettext("never"))
    text = times.written(at, form, now or timezone.now())
    title = times.moment(at) if isinstance(at, datetime) and form != "moment" else ""
    return format_html('<time datetime="{}" data-form="{}" title="{}">{}</time>', at.isoformat(), form, title, text)


@register.simple_block_tag
def note(content: str, kind: str = "info") -> SafeString:
    """info, warn, bad or good."""
    drawn = {"info": "info", "warn": "warn", "bad": "fail", "good": "resolved"}
    role = "alert" if kind == "bad" else "note"
    return format_html(
        '<div class="note {}" role="{}">{}<div>{}</div></div>', kind, role, icons.draw(words_key(kind, drawn)), content
    )


@register.simple_block_tag
def empty(content: str, kind: str, title: str, *, level: int = 2) -> SafeString:
    """Three kinds of nothing: never (not scanned yet), clear (all passed), filtered. The block says what to do."""
    words_key(kind, {"never": "", "clear": "", "filtered": ""})
    context = {"kind": kind, "title": title, "content": content, "level": level}
    return mark_safe(render_to_string("web/_empty.html", context))  # noqa: S308 - a rendered template


@register.filter
def as_day(at: date) -> str:
    """14 Nov 2026, as the language writes it."""
    return times.day(at)


@register.filter
def as_named_day(at: date) -> str:
    """Saturday 14 Nov 2026."""
    return times.named_day(at)


@register.filter
def as_short_day(at: date) -> str:
    """14 Nov, for an axis."""
    return times.short_day(at)
