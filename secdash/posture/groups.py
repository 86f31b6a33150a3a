"""Findings in groups (by check, host, image, project or assignee), and the rows of a group that is opened up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from django.utils import timezone

from secdash.accounts.models import User
from secdash.checks import CATALOGUE
from secdash.findings.access import findings_for
from secdash.findings.models import FindingQuerySet, State
from secdash.posture import listed
from secdash.posture.capped import Capped
from secdash.posture.filtering.facets import NOBODY
from secdash.posture.filtering.orders import COLUMNS
from secdash.posture.filters import Filters, in_state
from secdash.posture.listed import Line, Listed
from secdash.posture.newest import Mark, mark
from secdash.posture.saying import title_of
from secdash.posture.totals import Totals, totals
from secdash.posture.trail import DAYS, days_before

FIRST_GROUPS = 100
MOST_GROUPS = 1000
NO_DAYS = (0,) * (DAYS - 1)


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
    tabs: Mapping[str, Capped | None]
    totals: Totals


def page(user: User, filters: Filters, mark_of_all: str, *, most: int = FIRST_GROUPS) -> Page:
    """Everything the list shows, in a number of queries that does not grow. `mark_of_all` is that of `keeping`."""
    scans, hosts = mark(user), listed.hosts_key(user, filters)
    sums = totals(user, filters, hosts, scans)
    found = listed.listed(user, filters, hosts, mark_of_all, most=most)
    groups = _groups(user, filters, found, sums, scans)
    return Page(groups, found.left, found.tabs[filters.state], found.tabs, sums)


def group(user: User, key: str, filters: Filters) -> Group | None:
    """One group's line, for the fragment; None where nothing is left of it."""
    scans, hosts = mark(user), listed.hosts_key(user, filters)
    found = in_state(of_group(filters.among(findings_for(user), user), filters.by, key), filters.state)
    lines = listed.lines_of(found, filters, most=1)
    people = listed.people_of(found, filters.by, [line.value for line in lines], all_of_them=True)
    read = Listed(lines, False, people, {})
    return next(iter(_groups(user, filters, read, totals(user, filters, hosts, scans), scans)), None)


def more(shown: int) -> int:
    """How many groups are shown next time."""
    return min(shown + FIRST_GROUPS, MOST_GROUPS)


def of_group(found: FindingQuerySet, by: str, key: str) -> FindingQuerySet:
    """Those of the group of that key, as the list is grouped."""
    if by == "assignee" and key == NOBODY:
        return found.filter(assignee=None)
    return found.filter(**{COLUMNS[by]: key})


def _groups(user: User, filters: Filters, read: Listed, sums: Totals, scans: Mark) -> list[Group]:
    past = days_before(user, today=timezone.now().date(), now=scans) if _may_show_days(filters) else None
    labels = _labels(filters.by, read.lines)
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
            days=() if past is None else [*past.get(line.value or "", NO_DAYS), line.number],
            people=read.people.get(line.value, ()),
        )
        for line in read.lines
    ]


def _labels(by: str, lines: Sequence[Line]) -> dict[str, str]:
    """What people call a group where that is not the value itself. One query for assignees, else none."""
    values = [line.value for line in lines if line.value]
    if by == "check":
        return {value: title_of(value) for value in values}
    if by == "assignee":
        return {user.username: user.display_name for user in User.objects.filter(username__in=values)}
    return {line.value: line.label for line in lines if line.value and line.label}


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
