"""The controls and frames of a page, fields, tabs, filters, pages, progress."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from django import template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from secdash.web import drawing, icons, meters, words
from secdash.web.drawing_once import drawn

register = template.Library()

CURRENT = mark_safe(' aria-current="page"')
SELECTED = mark_safe(" selected")
LOAD_LINE = mark_safe(
    '<svg class="mark" viewBox="0 0 24 20" aria-hidden="true">'
    '<circle cx="12" cy="10" r="6.5"/><path d="M1.5 10h21"/></svg>'
)


@register.inclusion_tag("web/_field.html")
def field(bound: BoundField, *, hint: str = "") -> dict[str, Any]:
    """A form field with its label, hint and errors tied to it."""
    widget = bound.field.widget
    single = isinstance(widget, CheckboxInput)
    several = isinstance(widget, CheckboxSelectMultiple | RadioSelect)
    attrs: dict[str, Any] = {"class": "box" if single or several else "input"}
    about = [f"{bound.id_for_label}-hint"] if hint or bound.help_text else []
    if bound.errors:
        about.append(f"{bound.id_for_label}-error")
        attrs["aria-invalid"] = "true"
    if about:
        attrs["aria-describedby"] = " ".join(about)
    kind = "check" if single else "several" if several else "line"
    return {"field": bound, "control": bound.as_widget(attrs=attrs), "kind": kind, "hint": hint or bound.help_text}


class Choice(Protocol):
    """One line of a select."""

    @property
    def value(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def chosen(self) -> bool: ...


@register.simple_tag
def options(choices: Iterable[Choice]) -> SafeString:
    """The lines of a `<select>`; there may be one for each of a thousand hosts, on page after page."""
    lines = [(each.value, SELECTED if each.chosen else "", str(each.label)) for each in choices]
    text = drawn.once(repr(("options", lines)), lambda: format_html_join("", '<option value="{}"{}>{}</option>', lines))
    return mark_safe(text)  # noqa: S308 - put together by format_html_join


@register.simple_tag
def tab(label: str, url: str, count: int | str | None = None, *, current: bool = False) -> SafeString:
    """A tab that is a page of its own, inside `<nav class="tabs" aria-label="…">`."""
    number = format_html(' <span class="n">{}</span>', count) if count is not None else ""
    return format_html('<a href="{}"{}>{}{}</a>', url, CURRENT if current else "", label, number)


@register.simple_tag
def crumb(label: str, url: str = "", *, machine: bool = False) -> SafeString:
    """One step of the path, inside `{% block crumbs %}`; without a URL it is the page itself."""
    name = format_html('<span class="m">{}</span>', label) if machine else label
    if url:
        return format_html('<li><a href="{}">{}</a></li>', url, name)
    return format_html('<li aria-current="page">{}</li>', name)


@register.inclusion_tag("web/_filter_chip.html")
def filter_chip(name: str, value: str, remove_url: str) -> dict[str, Any]:
    """A filter in force, with the address of the list without it."""
    return {"name": name, "value": value, "remove_url": remove_url}


@register.inclusion_tag("web/_pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any], *, key: str = "page") -> dict[str, Any]:
    """Pages of a list; the rest of the query string stays as it is."""
    pages = list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
    return {"page": page, "links": [(n, _page_url(context, key, n)) for n in pages], **_neighbours(context, page, key)}


def _neighbours(context: template.Context, page: Page[Any], key: str) -> dict[str, str]:
    return {
        "previous_url": _page_url(context, key, page.number - 1) if page.has_previous() else "",
        "next_url": _page_url(context, key, page.number + 1) if page.has_next() else "",
    }


def _page_url(context: template.Context, key: str, number: int | str) -> str:
    if not isinstance(number, int):
        return ""
    query = context["request"].GET.copy()
    query[key] = str(number)
    return f"?{query.urlencode()}"


@register.inclusion_tag("web/_scan_progress.html")
def scan_progress(
    stage: str, *, read: int = 0, total: int = 0, timings: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """`stage`: a name of `words.STAGES`; `timings` has a short text for each stage passed."""
    passed = {stage: "", **(timings or {})}
    shown = [(name, word) for name, word in words.STAGES if name not in words.SKIPPED_STAGES or name in passed]
    names = [name for name, _ in shown]
    now = names.index(stage)
    stages = [
        {
            "name": name,
            "word": word,
            "css": _stage_css(i, now, len(names) - 1),
            "counts": name in words.COUNTED_STAGES,
            "small": passed.get(name, ""),
        }
        for i, (name, word) in enumerate(shown)
    ]
    within = read / total if stage in words.COUNTED_STAGES and total else 0
    share = 100 if now == len(names) - 1 else 100 * (now + within) / (len(names) - 1)
    return {"stages": stages, "stage": stage, "read": read, "total": total, "share": f"{share:.0f}"}


def _stage_css(index: int, now: int, last: int) -> str:
    if index < now or now == last:
        return "done"
    return "now" if index == now else ""


@register.inclusion_tag("web/_code.html")
def code(text: str, caption: str = "", *, id: str = "") -> dict[str, Any]:
    """A block of code with its copy button."""
    return {"text": text, "caption": caption, "id": id}


@register.inclusion_tag("web/_live.html")
def live_block(
    check: str,
    severity: object,
    *,
    check_url: str = "",
    failed: int = 0,
    passed: int = 0,
    unknown: int = 0,
    not_applicable: int = 0,
    said: str = "",
    hosts: Sequence[Mapping[str, Any]] = (),
    findings: int = 0,
    more: int = 0,
    findings_url: str = "",
    at: Any = None,
    first: str = "",
    **about_first: str,
) -> dict[str, Any]:
    """The state of the reader's hosts inside a guide section.

    `said` follows the count: 'of 140 containers have no limit'. `hosts`: mappings with name, url, subjects (each with
    name and url), and seen (a time) where the host no longer answers. `more`: findings that no host's line names.
    `first` is the worst subject, and with it come `command` (safe HTML), `first_url`, `fix_url` and its `language`.
    """
    judged = failed + passed + unknown + not_applicable
    bar = {"failed": failed, "passed": passed, "unknown": unknown, "not_applicable": not_applicable}
    return {
        "check": check,
        "check_url": check_url,
        "severity": severity,
        "bar": bar,
        "judged": judged,
        "said": said,
        "hosts": hosts,
        "findings": findings,
        "more": more,
        "findings_url": findings_url,
        "at": at,
        "first": first,
        **about_first,
    }


@register.simple_tag
def load_line() -> SafeString:
    """The load line: the sign of the product."""
    return LOAD_LINE


@register.simple_tag
def progress_bar(done: int, total: int) -> SafeString:
    """How far something has come; the numbers stand beside it."""
    share = f"{min(100, 100 * done / total):.0f}%" if total else "0%"
    return meters.meter([drawing.Part("f-track", "0%", "100%"), drawing.Part("f-accent", "0%", share)])


@register.simple_tag
def copy_button(target: str, *, plain: bool = True) -> SafeString:
    """Copies the text of the element with this id. Drawn without a script, shown once the script runs.

    A plain one is small, for a corner of what it copies; another one stands in a row of buttons.
    """
    return format_html(
        '<button class="btn {}" type="button" data-copy="{}" data-done="{}" hidden>{}<span>{}</span></button>',
        "s plain" if plain else "",
        target,
        gettext("Copied"),
        icons.draw("copy"),
        gettext("Copy"),
    )
