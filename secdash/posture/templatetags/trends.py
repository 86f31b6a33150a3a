"""The words and tables of the trends page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django import template
from django.utils.formats import get_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from secdash.posture.trends import saying
from secdash.posture.trends.payload import on
from secdash.posture.trends.periods import Period
from secdash.posture.trends.tables import Cell, Column, Table
from secdash.web import icons, times

register = template.Library()


@register.simple_tag
def table_of(table: Table, day_url: str = "") -> SafeString:
    """The table as it is in files, in the reader's notation; days lead to what explains them, where a page does."""
    heads = "".join(_head(column) for column in table.columns)
    kinds, address = [each.kind for each in table.columns], str(conditional_escape(day_url))
    rows = "".join(f"<tr>{_cells(row, kinds, address)}</tr>" for row in table.rows)
    return mark_safe(f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>")  # noqa: S308 - escaped


def _head(column: Column) -> str:
    if column.kind == "number":
        return format_html('<th scope="col" class="num">{}</th>', column.label)
    return format_html('<th scope="col">{}</th>', column.label)


def _cells(row: Sequence[Cell], kinds: Sequence[str], day_url: str) -> str:
    """`day_url` is escaped: a year has a thousand rows, which differ in digits alone."""
    cells = []
    for cell, kind in zip(row, kinds, strict=True):
        words = conditional_escape(shown(cell)) if isinstance(cell, str) else shown(cell)
        if day_url and isinstance(cell, date):
            words = f'<a href="{on(cell, day_url)}">{words}</a>'
        cells.append(f'<td class="num">{words}</td>' if kind == "number" else f"<td>{words}</td>")
    return "".join(cells)


@register.filter
def shown(cell: Cell) -> str:
    """A cell of a table in the reader's notation; a dash for what is not known."""
    if cell is None:
        return "–"
    if isinstance(cell, date):
        return times.day(cell)
    if isinstance(cell, str):
        return cell
    written = str(cell).replace("-", "−")
    return written.replace(".", get_format("DECIMAL_SEPARATOR")) if "." in written else written


@register.filter
def as_duration(days: float | None) -> str:
    return saying.duration(days)


@register.filter
def as_span(period: Period) -> str:
    return saying.span(period)


@register.simple_tag
def change(value: float | None, unit: str = "", *, up_is_good: bool = True) -> SafeString:
    """An arrow with a number: green where it is for the better."""
    if value is None:
        return mark_safe("")
    after = f"\N{NO-BREAK SPACE}{unit}" if unit else ""
    if not round(value):
        return format_html('<span class="delta same">±0{}</span>', after)
    better = (value > 0) == up_is_good
    drawn = icons.draw("up" if value > 0 else "dn", small=True)
    sign = "+" if value > 0 else "−"
    return format_html(
        '<span class="delta {}">{}<span class="vh">{}</span>{}{}</span>',
        "better" if better else "worse",
        drawn,
        sign,
        f"{abs(value):.0f}",
        after,
    )
