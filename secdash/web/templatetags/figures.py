"""Figures: scores with their letter and rule, changes, shares, sparklines, the score chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from secdash.web import drawing, icons, meters, scale, words

register = template.Library()


@register.simple_tag
def score_delta(change: float | None, *, short: bool = False) -> SafeString:
    """The change of a score: up is better. `short` where a column says what it is."""
    if not change and short:
        return format_html('<span class="delta same">±0<span class="vh"> {}</span></span>', gettext("no change"))
    if not change:
        return format_html('<span class="delta same">{}</span>', gettext("no change"))
    css, drawn, said = ("better", "up", gettext("up")) if change > 0 else ("worse", "dn", gettext("down"))
    mark = icons.draw(drawn, small=True)
    return format_html(
        '<span class="delta {}">{}<span class="vh">{} </span>{}</span>', css, mark, said, f"{abs(change):.0f}"
    )


@register.simple_tag
def count_delta(change: int | None) -> SafeString:
    """The change of a number of open findings: more is worse."""
    if change is None:
        return format_html('<span class="delta same">{}</span>', "–")
    css = "worse" if change > 0 else "better" if change < 0 else "same"
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return format_html('<span class="delta {}">{}{}</span>', css, sign, abs(change))


@register.simple_tag
def score_small(score: float | None) -> SafeString:
    """The figure and its letter in the ring."""
    if score is None:
        return format_html('<span class="score dim" title="{}">–</span>', gettext("Not scored yet"))
    return format_html('<span class="score">{} {}</span>', f"{score:.0f}", grade(score))


@register.simple_tag
def grade(score: float, *, big: bool = False) -> SafeString:
    band = scale.band_of(round(score))
    said = gettext("Grade %(letter)s") % {"letter": band.letter}
    size = "xl" if big else ""
    return format_html(
        '<span class="grade {} g{}" role="img" aria-label="{}">{}</span>', size, band.css, said, band.letter
    )


@register.inclusion_tag("web/_score_mini.html")
def score_mini(score: float | None) -> dict[str, Any]:
    """The tiny rule of a table row; the figure stands beside it."""
    if score is None:
        return {"score": None}
    at = scale.percent(scale.clamp(score))
    return {"score": score, "at": at, "css": scale.band_of(round(score)).css, "ticks": ["60%", "70%", "80%", "90%"]}


@register.inclusion_tag("web/_score_rule.html")
def score_rule(score: float, *, mark: float | None = None, said: str = "", narrow: bool = False) -> dict[str, Any]:
    """The rule from 0 to 100 with the load line at the score; `mark` is a second place: yesterday, or what could be."""
    band = scale.band_of(round(score))
    fallback = gettext("Score %(score)d of 100, grade %(letter)s.") % {"score": round(score), "letter": band.letter}
    return {
        "at": scale.percent(scale.clamp(score)),
        "mark": None if mark is None else scale.percent(scale.clamp(mark)),
        "band": {"css": band.css, "x": scale.percent(band.low), "width": scale.percent(band.high - band.low)},
        "letters": [(b.letter, scale.percent(b.middle), b is band) for b in scale.BANDS],
        "ticks": scale.ticks(narrow=narrow),
        "said": said or fallback,
    }


@register.inclusion_tag("web/_score_figure.html")
def score_figure(
    score: float | None, *, was: float | None = None, was_said: str = "", said: str = ""
) -> dict[str, Any]:
    """The one big figure of a page: figure, letter, change since `was`, rule. `was_said`: 'was 74 yesterday'."""
    known = score is not None
    change = score - was if score is not None and was is not None else None
    return {
        "score": score,
        "figure": f"{score:.0f}" if known else "–",
        "was": was,
        "was_said": was_said,
        "change": change,
        "said": said,
    }


@register.simple_tag
def verdict_bar(
    passed: int, failed: int, unknown: int, not_applicable: int = 0, *, worst: object = 4, thick: bool = False
) -> SafeString:
    """The four faces of a verdict as shares. `worst` is the severity whose colour the failed part takes."""
    fail_css = "f-" + words.severity_name(worst)
    parts = [(fail_css, failed), ("hatched", unknown), ("f-pass", passed), ("f-track", not_applicable)]
    said = _verdicts_said(passed, failed, unknown, not_applicable)
    return meters.meter(drawing.meter(parts), said=said, thick=thick)


def _verdicts_said(passed: int, failed: int, unknown: int, not_applicable: int) -> str:
    return ", ".join(
        (
            ngettext("%(n)s fail", "%(n)s fail", failed) % {"n": failed},
            ngettext("%(n)s unknown", "%(n)s unknown", unknown) % {"n": unknown},
            ngettext("%(n)s pass", "%(n)s pass", passed) % {"n": passed},
            ngettext("%(n)s not applicable", "%(n)s not applicable", not_applicable) % {"n": not_applicable},
        )
    )


@register.simple_tag
def severity_bar(counts: Mapping[str, int] | Mapping[int, int], *, thick: bool = True) -> SafeString:
    """Open findings by severity, worst first: a mapping of severity (0 to 4 or word) to a number."""
    by_name = {words.severity_name(key): int(count) for key, count in counts.items()}
    order = [(name, by_name.get(name, 0)) for name in reversed(words.SEVERITIES)]
    listed = ", ".join(words.severity_count(name, count) for name, count in order)
    total = sum(by_name.values())
    said = ngettext("%(n)d open: %(listed)s", "%(n)d open: %(listed)s", total) % {"n": total, "listed": listed}
    return meters.meter(drawing.meter([("f-" + name, count) for name, count in order]), said=said, thick=thick)


@register.simple_tag
def share_bar(part: int, whole: int, *, worst: object = 4) -> SafeString:
    """A share of a total, in the colour of a severity; the number stands beside it, so it is decoration."""
    css = "f-" + words.severity_name(worst)
    width = scale.percent(min(100, max(1.5 if part else 0, 100 * part / whole))) if whole else "0%"
    return meters.meter([drawing.Part("f-track", "0%", "100%"), drawing.Part(css, "0%", width)])


@register.simple_tag
def spark(values: Iterable[float | None], label: str = "", *, score: float | None = None) -> SafeString:
    """A grey line whose end takes the colour of `score`, if given. `label` says what it shows."""
    css = "g" + scale.band_of(round(score)).css if score is not None else ""
    shown = list(values)
    return meters.spark(drawing.spark(shown), label=_with_ends(label, shown), css=css)


@register.inclusion_tag("web/_score_chart.html")
def score_chart(days: Sequence[tuple[date, float | None]], label: str) -> dict[str, Any]:
    """Scores by day, oldest first, None where none was kept; the table stands behind it in a disclosure."""
    said = _with_ends(label, [score for _day, score in days])
    return {"chart": drawing.score_chart(days), "label": label, "said": said, "days": list(reversed(days))}


def _with_ends(label: str, values: Sequence[float | None]) -> str:
    """What a line shows, with where it begins and ends, for those who do not see it. Nothing where nothing is shown."""
    known = [round(value) for value in values if value is not None]
    if not label or not known:
        return label
    return gettext("%(what)s: from %(first)s to %(last)s") % {"what": label, "first": known[0], "last": known[-1]}
