"""The words of the threat matrix. A page draws hundreds of its cells, so they are made here and not by templates."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy

from secdash.checks import CATALOGUE
from secdash.checks.outcome import Severity
from secdash.checks.risks import Risk
from secdash.posture.causes import titles
from secdash.posture.causes.page import Cause
from secdash.posture.saying import title_of
from secdash.posture.threats.cells import Cell, Stand
from secdash.posture.threats.places import Place
from secdash.web import icons
from secdash.web.saying import said
from secdash.web.steps import as_read
from secdash.web.words import SEVERITY_WORDS

register = template.Library()
WATCHED = frozenset(risk for check in CATALOGUE.values() for risk in check.risks)
SIGNS = {Stand.OPEN: "fail", Stand.ACCEPTED: "accepted", Stand.MITIGATED: "pass", Stand.UNASSESSED: "unknown"}


WORDS = {
    Stand.OPEN: pgettext_lazy("state of a risk", "open"),
    Stand.ACCEPTED: pgettext_lazy("state of a risk", "accepted"),
    Stand.MITIGATED: pgettext_lazy("state of a risk", "mitigated"),
    Stand.UNASSESSED: pgettext_lazy("state of a risk", "not assessed"),
}


@register.simple_tag
def threat_sign(stand: Stand) -> SafeString:
    return icons.draw(SIGNS[stand], small=True)


@register.simple_tag
def threat_count(stand: Stand, number: int) -> str:
    """ "3 risks open"."""
    said_by = {
        Stand.OPEN: ngettext("%(n)s risk open", "%(n)s risks open", number),
        Stand.ACCEPTED: ngettext("%(n)s risk accepted", "%(n)s risks accepted", number),
        Stand.MITIGATED: ngettext("%(n)s risk mitigated", "%(n)s risks mitigated", number),
        Stand.UNASSESSED: ngettext("%(n)s risk not assessed", "%(n)s risks not assessed", number),
    }
    return said_by[stand] % {"n": number}


@register.simple_tag
def threat_cell(risk: Risk, place: Place, cell: Cell) -> SafeString:
    """A cell: sign, number and word; a link where a finding stands behind it."""
    css = f"{cell.stand} {cell.held.worst_open.severity.word}" if cell.held.worst_open else cell.stand
    inner = format_html("{}{}", _figure(cell), _small(risk, cell))
    url = _url(risk, place, cell)
    if not url:
        return format_html('<span class="risk {}">{}</span>', css, inner)
    return format_html('<a class="risk {}" href="{}" title="{}">{}</a>', css, url, _worst(cell), inner)


@register.simple_tag
def threat_words(risk: Risk, cell: Cell) -> SafeString:
    """The same as a line of text, for a list."""
    return format_html('<span class="risk-line {}">{}{}</span>', cell.stand, _figure(cell), _small(risk, cell))


def _figure(cell: Cell) -> SafeString:
    sign = icons.draw(SIGNS[cell.stand], small=True)
    if cell.stand is Stand.OPEN and cell.worst:
        worst = _up_to(cell.worst.severity, get_language())
        return format_html("<b>{}{}</b><span>{}</span>", sign, cell.number, worst)
    if cell.stand is Stand.ACCEPTED:
        return format_html("<b>{}{}</b><span>{}</span>", sign, cell.number, WORDS[cell.stand])
    return format_html("<b>{}</b><span>{}</span>", sign, WORDS[cell.stand])


@lru_cache(maxsize=64)
def _up_to(severity: Severity, _language: str | None) -> str:
    """A page says it hundreds of times."""
    return gettext("up to %(severity)s") % {"severity": SEVERITY_WORDS[severity.word]}


def _small(risk: Risk, cell: Cell) -> SafeString:
    """What the figure leaves out: verdicts that are unknown, or that there was nothing to judge."""
    if cell.unknown:
        unknown = ngettext("%(n)s unknown", "%(n)s unknown", cell.unknown) % {"n": cell.unknown}
        return format_html("<small>{}</small>", unknown)
    if cell.stand is Stand.UNASSESSED:
        nothing = gettext("nothing judged") if risk.key in WATCHED else gettext("no check watches it")
        return format_html("<small>{}</small>", nothing)
    return SafeString()


def _url(risk: Risk, place: Place, cell: Cell) -> str:
    """The worst finding of a host; of several hosts the risk's page, where their worst stand."""
    if not cell.worst:
        return ""
    if cell.worst.finding:
        return reverse("finding", args=[cell.worst.finding])
    query = f"?{urlencode({'group': place.slug})}" if place.slug else ""
    return f"{reverse('threat', args=[risk.key])}{query}"


def _worst(cell: Cell) -> str:
    worst = cell.worst
    return gettext("Worst: %(title)s") % {"title": title_of(worst.check)} if worst and worst.check else ""


@register.simple_tag
def risk_title(risk: Risk) -> str:
    return said(risk.title)


@register.simple_tag
def cause_title(cause: Cause) -> SafeString:
    """What a change is called, names that come from hosts as code."""
    words, name = titles.title(cause)
    return format_html(escape(words) % {"name": "<code>{}</code>"}, name) if name else format_html("{}", words)


@register.simple_tag
def cause_place(cause: Cause) -> str:
    return titles.place(cause)


@register.filter
def points(change: float) -> str:
    """A change of the score, with its sign: a plan may do less than a point to the mean."""
    return "±0" if abs(change) < 0.05 else as_read(f"{change:+.1f}".replace("-", "−"))
