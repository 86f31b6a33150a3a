"""Findings by check: how many of how many, since when, and the rows of a check that is opened up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Max, Min
from django.utils import timezone

from secdash.accounts.models import User
from secdash.checks import CATALOGUE
from secdash.findings.access import findings_for
from secdash.findings.models import Finding, FindingQuerySet, State
from secdash.fleet.access import hosts_for
from secdash.posture import latest, tallies
from secdash.posture.filters import ALL, Filters, in_state
from secdash.posture.tallies import Faces
from secdash.posture.trail import open_by_day

FIRST_ROWS = 20
MORE_ROWS = 100
MOST_ROWS = 1000


class Group(NamedTuple):
    """A check's findings. `total` is None where "of how many" would mislead; `days` are its open findings by day."""

    check: str
    kind: str
    severity: int
    number: int
    newest: datetime
    total: int | None
    days: Sequence[int]


class Page(NamedTuple):
    groups: list[Group]
    shown: int
    tabs: dict[str, int]
    failing_checks: int
    as_of: datetime | None
    scanned: int
    judged: int


def page(user: User, filters: Filters) -> Page:
    """Everything the list shows, in a number of queries that does not grow."""
    now = latest.hosts_now(filters.hosts(hosts_for(user)))
    faces = tallies.by_check(state.scan.tally for state in now if state.scan)
    found = filters.within(findings_for(user), hosts_for(user))
    tabs = _by_state(found)
    groups = _groups(user, in_state(found, filters.state), filters, faces)
    return Page(
        groups=groups,
        shown=sum(group.number for group in groups),
        tabs={**dict.fromkeys(State.values, 0), **tabs, ALL: sum(tabs.values())},
        failing_checks=sum(each.failed > 0 for each in faces.values()),
        as_of=max((state.host.seen_at for state in now if state.host.seen_at), default=None),
        scanned=sum(state.scan is not None for state in now),
        judged=sum(each.passed + each.failed for each in faces.values()),
    )


def _by_state(found: FindingQuerySet) -> Counter[str]:
    """Counted on each host, in the order of an index; over all hosts the database would sort every finding."""
    counts: Counter[str] = Counter()
    for _host, state, number in found.order_by().values_list("host_id", "state").annotate(Count("pk")):
        counts[state] += number
    return counts


def group(user: User, check: str, filters: Filters) -> Group | None:
    """One check's line, for the fragment; None where nothing is left of it."""
    now = latest.hosts_now(filters.hosts(hosts_for(user)))
    faces = tallies.by_check(state.scan.tally for state in now if state.scan)
    found = in_state(filters.within(findings_for(user), hosts_for(user)), filters.state).filter(check_name=check)
    return next(iter(_groups(user, found, filters, faces)), None)


def _groups(user: User, found: FindingQuerySet, filters: Filters, faces: Mapping[str, Faces]) -> list[Group]:
    counted = (
        found.order_by()
        .values_list("check_name")
        .annotate(Min("subject_kind"), Max("severity"), Count("pk"), Max("opened_at"))
    )
    days = open_by_day(user, today=timezone.now().date()) if _may_show_days(filters) else {}
    groups = [
        Group(check, _kind(check, kind), severity, count, newest, _total(check, filters, faces), days.get(check, ()))
        for check, kind, severity, count, newest in counted
    ]
    return sorted(groups, key=lambda group: (-group.severity, -group.number, group.check))


def _may_show_days(filters: Filters) -> bool:
    """The series is of all hosts and subjects, so it stands only beside counts of all hosts and subjects."""
    everywhere = not (filters.host or filters.group or filters.environment or filters.kind)
    return filters.state == State.OPEN and everywhere and not filters.narrows_subjects


def _kind(check: str, found: str) -> str:
    entry = CATALOGUE.get(check)
    return entry.kind if entry else found


def _total(check: str, filters: Filters, faces: Mapping[str, Faces]) -> int | None:
    if filters.state != State.OPEN or filters.narrows_subjects or check not in faces:
        return None
    return faces[check].judged


class Rows(NamedTuple):
    """Rows of an opened group; `left` is how many are not shown."""

    findings: list[Finding]
    left: int
    next_rows: int


def rows(user: User, check: str, filters: Filters, *, most: int) -> Rows:
    """Two queries. The newest stand first, since they are what changed."""
    found = in_state(filters.within(findings_for(user), hosts_for(user)), filters.state).filter(check_name=check)
    total = found.count()
    most = max(1, min(most, MOST_ROWS))
    shown = list(found.select_related("host").order_by("-opened_at", "subject_name", "pk")[:most])
    left = total - len(shown)
    return Rows(shown, left, most + min(left, MORE_ROWS))
