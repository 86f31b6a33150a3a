"""Findings in groups (by check, host, image, project or assignee), and the rows of a group that is opened up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from django.db.models import CharField, Count, Max, Min, Value
from django.utils import timezone

from secdash.accounts.models import User
from secdash.checks import CATALOGUE
from secdash.findings.access import findings_for
from secdash.findings.models import FindingQuerySet, State
from secdash.posture.capped import Capped
from secdash.posture.filtering.facets import NOBODY
from secdash.posture.filtering.orders import COLUMNS
from secdash.posture.filters import Filters, in_state
from secdash.posture.newest import Mark, mark
from secdash.posture.saying import title_of
from secdash.posture.tabs import tabs_of
from secdash.posture.totals import Totals, totals
from secdash.posture.trail import open_by_day

FIRST_GROUPS = 100
MOST_GROUPS = 1000
PEOPLE = 3
ORDERS = {
    "worst": ("-severity__max", "-pk__count"),
    "newest": ("-opened_at__max",),
    "oldest": ("opened_at__min",),
    "most": ("-pk__count", "-severity__max"),
}


class Line(NamedTuple):
    """A group's sums as the database has them; `value` is None for findings of nobody."""

    value: str | None
    label: str | None
    kind: str
    severity: int
    number: int
    newest: datetime
    oldest: datetime


class Group(NamedTuple):
    """Findings that share a check, or a host, an image …: `key` is that value, "" for findings without one.

    `total` is None where "of how many" would mislead; `days` are a check's open findings by day; `people` names some
    of those to whom findings of the group are assigned.
    """

    by: str
    key: str
    label: str
    kind: str
    severity: int
    number: int
    newest: datetime
    oldest: datetime
    total: int | None = None
    days: Sequence[int] = ()
    people: Sequence[str] = ()

    @property
    def anchor(self) -> str:
        """What the group is called in an address of the page: names of machines may hold anything."""
        return self.key if self.by == "check" else blake2b(self.key.encode(), digest_size=8).hexdigest()


class Page(NamedTuple):
    """`left` is whether there are more groups than are shown."""

    groups: list[Group]
    left: bool
    shown: Capped | None
    tabs: dict[str, Capped | None]
    totals: Totals


def page(user: User, filters: Filters, *, most: int = FIRST_GROUPS) -> Page:
    """Everything the list shows, in a number of queries that does not grow."""
    now = _mark(user, filters)
    sums = totals(user, filters, now)
    found = filters.among(findings_for(user), user)
    lines = _lines(in_state(found, filters.state), filters, most=most + 1)
    groups = _groups(user, filters, lines[:most], sums, now)
    left = len(lines) > most
    tabs = tabs_of(found, filters, None if left else Capped(sum(group.number for group in groups)))
    return Page(groups, left, tabs[filters.state], tabs, sums)


def group(user: User, key: str, filters: Filters) -> Group | None:
    """One group's line, for the fragment; None where nothing is left of it."""
    now = _mark(user, filters)
    found = of_group(filters.among(findings_for(user), user), filters.by, key)
    lines = _lines(in_state(found, filters.state), filters, most=1)
    return next(iter(_groups(user, filters, lines, totals(user, filters, now), now)), None)


def _mark(user: User, filters: Filters) -> Mark | None:
    """Sums are kept for all hosts only."""
    return None if filters.asks_of_hosts else mark(user)


def more(shown: int) -> int:
    """How many groups are shown next time."""
    return min(shown + FIRST_GROUPS, MOST_GROUPS)


def of_group(found: FindingQuerySet, by: str, key: str) -> FindingQuerySet:
    """Those of the group of that key, as the list is grouped."""
    if by == "assignee" and key == NOBODY:
        return found.filter(assignee=None)
    return found.filter(**{COLUMNS[by]: key})


def _lines(found: FindingQuerySet, filters: Filters, *, most: int) -> list[Line]:
    """The groups' sums, in order."""
    column = COLUMNS[filters.by]
    label = Min("host__name") if filters.by == "host" else Value(None, CharField())
    sums = (Min("subject_kind"), Max("severity"), Count("pk"), Max("opened_at"), Min("opened_at"))
    rows = (
        found.order_by()
        .values_list(column)
        .annotate(label=label)
        .annotate(*sums)
        .order_by(*ORDERS[filters.sort], column)
    )
    return [Line(*row) for row in rows[:most]]


def _groups(user: User, filters: Filters, lines: Sequence[Line], sums: Totals, now: Mark | None) -> list[Group]:
    days = open_by_day(user, today=timezone.now().date(), now=now) if now and _may_show_days(filters) else {}
    found = in_state(filters.among(findings_for(user), user), filters.state)
    people = _people(found, filters.by, [line.value for line in lines])
    labels = _labels(filters.by, lines)
    return [
        Group(
            by=filters.by,
            key=NOBODY if line.value is None else line.value,
            label=labels.get(line.value or "", line.value or ""),
            kind=_kind(line) if filters.by == "check" else "",
            severity=line.severity,
            number=line.number,
            newest=line.newest,
            oldest=line.oldest,
            total=_total(line, filters, sums),
            days=days.get(line.value or "", ()),
            people=people.get(line.value, ()),
        )
        for line in lines
    ]


def _labels(by: str, lines: Sequence[Line]) -> dict[str, str]:
    """What people call a group where that is not the value itself. One query for assignees, else none."""
    values = [line.value for line in lines if line.value]
    if by == "check":
        return {value: title_of(value) for value in values}
    if by == "assignee":
        return {user.username: user.display_name for user in User.objects.filter(username__in=values)}
    return {line.value: line.label for line in lines if line.value and line.label}


def _people(found: FindingQuerySet, by: str, values: Sequence[str | None]) -> dict[str | None, list[str]]:
    """By group, the names of some of those who have a finding of it; most findings are nobody's. One query."""
    if by == "assignee":
        return {}
    column = COLUMNS[by]
    assigned = found.filter(assignee__isnull=False, **{f"{column}__in": values}).order_by()
    names: dict[str | None, list[str]] = {}
    persons = ("assignee__username", "assignee__first_name", "assignee__last_name")
    counted = assigned.values_list(column, *persons).annotate(Count("pk")).order_by("-pk__count", *persons)
    for value, username, first, last, _number in counted:
        if len(names.setdefault(value, [])) < PEOPLE:
            names[value].append(f"{first} {last}".strip() or username)
    return names


def _may_show_days(filters: Filters) -> bool:
    """The series is of all hosts and subjects, so it stands only beside counts of all hosts and subjects."""
    everywhere = not (filters.asks_of_hosts or filters.asks_of_subjects or filters.asks("kind"))
    return filters.by == "check" and filters.state == State.OPEN and everywhere


def _kind(line: Line) -> str:
    entry = CATALOGUE.get(line.value or "")
    return entry.kind if entry else line.kind


def _total(line: Line, filters: Filters, sums: Totals) -> int | None:
    check = line.value or ""
    if filters.by != "check" or filters.state != State.OPEN or filters.asks_of_subjects or check not in sums.faces:
        return None
    return sums.faces[check].judged
