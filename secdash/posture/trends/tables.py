"""The table behind each chart: the chart draws it, the page shows it, the file holds it; all three the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from secdash.posture.trends.comparing import Figures, Side
from secdash.posture.trends.happenings import Happening
from secdash.posture.trends.periods import Period, Step
from secdash.posture.trends.saying import happened
from secdash.posture.trends.series import SEVERITIES, Day, moved
from secdash.posture.trends.timing import Spread
from secdash.web.words import SEVERITY_WORDS

Cell = date | float | int | str | None


class Column(NamedTuple):
    """`kind`: day, text or number. `key` names it in files, in whatever language."""

    key: str
    label: str
    kind: str = "number"


class Table(NamedTuple):
    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


def scores(days: Sequence[Day], period: Period, versus: Side | None) -> Table:
    columns = [_day_column(), Column("score", _("Score")), Column("hosts", _("Hosts"))]
    rows: list[list[Cell]] = [
        [day, tenth(each.score), each.hosts] for day, each in zip(period.days(), days, strict=True)
    ]
    if versus is not None:
        columns += [Column("other_day", _("Day compared"), "day"), Column("other_score", versus.name)]
        for offset, row in enumerate(rows):
            day, score = versus.score_at(offset)
            row += [day, tenth(score)]
    return Table("score", _("Score"), columns, rows)


def open_findings(days: Sequence[Day], period: Period) -> Table:
    named = [Column(word, str(SEVERITY_WORDS[word])) for word in SEVERITIES]
    rows = [
        [day, *(each.by_severity if each.hosts else [None] * len(SEVERITIES)), each.open if each.hosts else None]
        for day, each in zip(period.days(), days, strict=True)
    ]
    return Table("open", _("Open findings"), [_day_column(), *named, Column("open", _("All"))], rows)


def opened_and_resolved(days: Sequence[Day], period: Period) -> Table:
    title = {
        Step.DAY: _("Opened and resolved, by day"),
        Step.WEEK: _("Opened and resolved, by week"),
        Step.MONTH: _("Opened and resolved, by month"),
    }
    columns = [
        *_step_columns(period),
        Column("opened", pgettext("findings", "Opened")),
        Column("resolved", pgettext("findings", "Resolved")),
    ]
    return Table(
        "moved",
        title[period.step],
        columns,
        _rows(days, period, lambda each: [each.opened, each.resolved]),
    )


def fixed_in_time(days: Sequence[Day], period: Period) -> Table:
    columns = [
        *_step_columns(period),
        Column("in_time", _("In time")),
        Column("late", _("Late")),
        Column("percent", _("In time, %")),
    ]
    rows = _rows(days, period, lambda each: [each.fixed_in_time, each.fixed_late, hundredths(each.in_time)])
    return Table("due", _("Fixed by their due date"), columns, rows)


def assessed(days: Sequence[Day], period: Period) -> Table:
    rows = [[day, hundredths(each.assessed)] for day, each in zip(period.days(), days, strict=True)]
    return Table("assessed", _("Assessed share"), [_day_column(), Column("percent", _("Assessed, %"))], rows)


def acceptances(days: Sequence[Day], period: Period) -> Table:
    columns = [
        *_step_columns(period),
        Column("standing", pgettext("acceptances", "Standing")),
        Column("begun", pgettext("acceptances", "Begun")),
        Column("ended", pgettext("acceptances", "Ended")),
    ]
    rows = _rows(days, period, lambda each: [each.accepted, each.accepted_begun, each.accepted_ended])
    return Table("accepted", _("Accepted risks"), columns, rows)


def time_to_fix(title: str, key: str, first: str, spreads: Iterable[tuple[str, Spread]]) -> Table:
    columns = [
        Column(key, first, "text"),
        Column("fixed", _("Fixed")),
        Column("quarter", _("Quickest quarter, days")),
        Column("median", _("Median, days")),
        Column("tenth", _("Slowest tenth, days")),
        Column("target", _("Target, days")),
        Column("percent", _("In time, %")),
    ]
    rows: list[list[Cell]] = []
    for name, each in spreads:
        times = [tenth(value) for value in (each.quickest, each.median, each.slowest)]
        rows.append([name, each.fixed, *times, each.target, hundredths(each.in_time)])
    return Table(f"fix-{key}", title, columns, rows)


def events(found: Iterable[Happening]) -> Table:
    columns = [_day_column(), Column("what", _("What happened"), "text")]
    return Table("events", _("Events"), columns, [[each.day, happened(each)] for each in found])


def compared(this: tuple[str, Figures], other: tuple[str, Figures]) -> Table:
    columns = [
        Column("figure", _("Figure"), "text"),
        Column("this", this[0]),
        Column("other", other[0]),
        Column("difference", _("Difference")),
    ]
    pairs = zip(_lines(this[1]), _lines(other[1]), strict=True)
    rows = [[name, mine, theirs, _difference(mine, theirs)] for (name, mine), (_name, theirs) in pairs]
    return Table("compared", _("Side by side"), columns, rows)


def tenth(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def hundredths(share: float | None) -> float | None:
    """A share as percent; one that is not whole never rounds up to it."""
    return None if share is None else min(round(100 * share, 1), 99.9 if share < 1 else 100.0)


def _lines(one: Figures) -> list[tuple[str, float | None]]:
    return [
        (_("Score at the end"), tenth(one.score)),
        (_("Change of the score"), one.change),
        (_("Open at the end"), one.open),
        (_("Open criticals at the end"), one.worst),
        (_("Opened"), one.opened),
        (_("Resolved"), one.resolved),
        (_("Median time to fix, days"), tenth(one.median)),
        (_("Slowest tenth, days"), tenth(one.slowest)),
        (_("Fixed by their due date, %"), hundredths(one.in_time)),
        (_("Assessed, %"), hundredths(one.assessed)),
        (_("Accepted risks at the end"), one.accepted),
        (_("Hosts at the end"), one.hosts),
    ]


def _difference(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else round(one - other, 1)


def _day_column() -> Column:
    return Column("day", _("Day"), "day")


def _step_columns(period: Period) -> list[Column]:
    if period.step is Step.DAY:
        return [_day_column()]
    return [Column("from", _("From"), "day"), Column("to", _("To"), "day")]


def _rows(days: Sequence[Day], period: Period, cells: Callable[[Day], list[Cell]]) -> list[list[Cell]]:
    """A row for each day, week or month; where it is a day, that day alone stands before its cells."""
    single = period.step is Step.DAY
    return [[step.first, *([] if single else [step.last]), *cells(each)] for step, each in moved(days, period)]
