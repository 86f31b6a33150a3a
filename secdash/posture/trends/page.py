"""The trends page: two periods read, held against each other, and put into tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from secdash.accounts.models import User
from secdash.checks.outcome import Severity
from secdash.findings.models import SeverityPolicy
from secdash.fleet.models import Host
from secdash.posture.scope_choices import Offered
from secdash.posture.trends import keeping, saying, tables
from secdash.posture.trends.asked import Asked
from secdash.posture.trends.comparing import Figures, Side, figures
from secdash.posture.trends.fixes import Bins, Fixes, by_severity
from secdash.posture.trends.happenings import Happening, happenings
from secdash.posture.trends.judging import judged_today
from secdash.posture.trends.keeping import Told
from secdash.posture.trends.periods import Period
from secdash.posture.trends.scope import Place, ScopedDays, group_names, group_of, offered, places, scope_of
from secdash.posture.trends.tables import Table
from secdash.posture.trends.timing import Spread, spread, spread_of_all
from secdash.web.words import SEVERITY_WORDS


class Chart(NamedTuple):
    """A table and what it says in one or two sentences."""

    table: Table
    gist: str


class FixLine(NamedTuple):
    """`word`: of the severity; "" where the line is of a group."""

    word: str
    name: str
    spread: Spread


class Trends(NamedTuple):
    """All that the page shows. `versus` is None where nothing stands to be compared with."""

    asked: Asked
    scope: ScopedDays
    offered: Offered
    this: Side
    now: Figures
    versus: Side | None
    then: Figures | None
    events: list[Happening]
    charts: dict[str, Chart]
    severities: list[FixLine]
    groups: list[FixLine]

    @property
    def days_kept(self) -> int:
        return sum(1 for day in self.this.days if day.hosts)

    @property
    def period(self) -> Period:
        return self.this.period


def trends(user: User, asked: Asked, *, today: date, mark: str = "") -> Trends:
    """In a number of queries that does not grow with hosts or days; `mark` as `keeping.told` takes it."""
    known = places(user)
    scope = scope_of(user, asked.scope, known)
    hosts = len(known) if user.sees_all else Host.objects.count()
    period, stamp = asked.period(today), keeping.stamp(today, hosts=hosts)
    told = keeping.told(scope, period, today=today, stamp=stamp, mark=mark)
    this = _side(_this_name(asked, known), period, told, scope.group)
    versus: Side | None = (
        judged_today(user, asked, period)
        if asked.judged
        else _versus(scope, asked, known, told, today=today, stamp=stamp)
    )
    versus = versus if versus is not None and versus.has_history else None
    targets = {policy.level.word: policy.fix_days for policy in SeverityPolicy.objects.all()}
    marks = [mark for mark in told.marks if scope.group in (None, mark.group)]
    page = Trends(
        asked=asked,
        scope=scope,
        offered=offered(asked.scope, known),
        this=this,
        now=figures(this),
        versus=versus,
        then=figures(versus) if versus and not asked.judged else None,  # scores alone are judged anew
        events=happenings(marks, this.days, period),
        charts={},
        severities=_severity_lines(by_severity(told.fixes, scope.group), targets),
        groups=_group_lines(told.fixes, group_names(known), targets) if scope.group is None else [],
    )
    return page._replace(charts=_charts(page))


def _side(name: str, period: Period, told: Told, group: int | None) -> Side:
    fixed = sum(by_severity(told.fixes, group).values(), Bins())
    return Side(name, period, told.sums.of(group), fixed)


def _this_name(asked: Asked, known: Sequence[Place]) -> str:
    """What the period itself is called beside the one it is compared with."""
    if asked.versus:
        return _group_name(asked.scope.group, known) if asked.scope.group else _("All groups")
    return _("These days")


def _versus(
    scope: ScopedDays, asked: Asked, known: Sequence[Place], told: Told, *, today: date, stamp: int
) -> Side | None:
    """A group in the same days, else the dates asked for, else the period before."""
    if asked.versus:
        group = group_of(asked.versus, known)
        return _side(_group_name(asked.versus, known), asked.period(today), told, group)
    period = asked.versus_period(today) or asked.period(today).before
    other = keeping.told(scope, period, today=today, stamp=stamp)
    name = saying.span(period) if asked.versus_period(today) else _before(period)
    return _side(name, period, other, scope.group)


def _before(period: Period) -> str:
    return _("%(days)s before") % {"days": saying.days_long(period.length)}


def _group_name(slug: str, known: Sequence[Place]) -> str:
    return next((place.group_name for place in known if place.group_slug == slug), slug)


def _severity_lines(fixed: Mapping[str, Bins], targets: Mapping[str, int | None]) -> list[FixLine]:
    """Worst first; info only where some of it was fixed."""
    shown = [word for word in fixed if word != Severity.INFO.word or fixed[word]]
    return [FixLine(word, str(SEVERITY_WORDS[word]), spread(fixed[word], targets.get(word))) for word in shown]


def _group_lines(fixes: Fixes, names: Mapping[int, str], targets: Mapping[str, int | None]) -> list[FixLine]:
    """By name; hosts without a group last, and groups in which no visible host is any more not at all."""
    named = [*sorted(names.items(), key=lambda pair: pair[1].casefold()), (0, _("Without a group"))]
    lines = [FixLine("", name, spread_of_all(by_severity(fixes, group), targets)) for group, name in named]
    return [line for line in lines if line.spread.fixed]


def _charts(page: Trends) -> dict[str, Chart]:
    days, period = page.this.days, page.period
    made = [
        Chart(tables.scores(days, period, page.versus), saying.of_score(page.now, days, period)),
        Chart(tables.open_findings(days, period), saying.of_open(page.now, days)),
        Chart(tables.opened_and_resolved(days, period), saying.of_moved(page.now)),
        Chart(tables.fixed_in_time(days, period), saying.of_due(page.now)),
        Chart(tables.assessed(days, period), saying.of_assessed(page.now)),
        Chart(tables.acceptances(days, period), saying.of_accepted(page.now)),
        Chart(_fix_table(_("Time to fix"), "severity", _("Severity"), page.severities), ""),
        Chart(_fix_table(_("Time to fix, by group"), "group", _("Group"), page.groups), ""),
        Chart(tables.events(page.events), ""),
        *_compared(page),
    ]
    return {chart.table.key: chart for chart in made}


def _fix_table(title: str, key: str, first: str, lines: Sequence[FixLine]) -> Table:
    return tables.time_to_fix(title, key, first, [(line.name, line.spread) for line in lines])


def _compared(page: Trends) -> list[Chart]:
    if page.versus is None or page.then is None:
        return []
    return [Chart(tables.compared((page.this.name, page.now), (page.versus.name, page.then)), "")]
